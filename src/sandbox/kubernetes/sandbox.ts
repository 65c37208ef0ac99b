// A sandbox in a pod of its own.
import { realpathSync } from 'node:fs';
import { SwemintError } from '../../core/errors.ts';
import type { Sandbox, SandboxOptions } from '../../core/sandbox.ts';
import { effectiveLimits } from '../command/limits.ts';
import { ownerLabels } from '../remote/owner.ts';
import type { Cluster } from './cluster.ts';
import { removePod } from './leftovers.ts';
import type { Reach } from './link.ts';
import { podName } from './names.ts';
import { renderPod } from './pod.ts';
import type { KubernetesSettings } from './settings.ts';
import { explainLoss, startPod } from './start-pod.ts';
import { openSupervised } from './supervised.ts';

/**
 * Opens a pod over a copy of `base`. With `direct` access, changes are on the host when the command
 * that made them has ended (a spawned program's: when it has, or when the sandbox is disposed) and
 * when a file verb returns; what the host changes meanwhile stays unseen inside.
 */
export async function openPodSandbox(
  cluster: Cluster,
  settings: KubernetesSettings,
  options: SandboxOptions,
): Promise<Sandbox> {
  options.signal?.throwIfAborted();
  const base = realpathSync(options.base);
  if (base.includes(':')) {
    throw new SwemintError(
      'bad-base',
      'A folder shown in a pod must not have a colon in its path.',
    );
  }
  const defaults = effectiveLimits(options.limits);
  const diskBytes = defaults.diskBytes ?? 1024 ** 4;
  const pod = renderPod({
    name: podName(base),
    image: requireImage(options.image ?? settings.image),
    base,
    network: options.network,
    memoryBytes: defaults.memoryBytes ?? 4 * 1024 ** 3,
    diskBytes,
    labels: ownerLabels(),
    settings,
  });
  const name = pod.metadata?.name ?? '';
  await using opening = new AsyncDisposableStack();
  await startPod(cluster, pod, settings.startTimeout * 1000, options.signal);
  opening.defer(() => removePod(cluster, name));

  const reach: Reach = {
    connect: (words, take) => cluster.connect(name, words, take),
    explainLoss: () => explainLoss(cluster, name),
  };
  const sandbox = await openSupervised(reach, settings, options);
  const stack = opening.move();
  return {
    ...sandbox,
    [Symbol.asyncDispose]: async () => {
      try {
        await sandbox[Symbol.asyncDispose]();
      } finally {
        await stack.disposeAsync();
      }
    },
  };
}

/** Throws `SwemintError('no-image')`. */
export function requireImage(image: string | undefined): string {
  if (image !== undefined) return image;
  throw new SwemintError('no-image', 'The kubernetes sandbox needs an image.', {
    hint: 'Name one that has the target’s programs: --set sandboxSettings.kubernetes.image=python:3.12',
  });
}
