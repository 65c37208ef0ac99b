// A sandbox in a pod: one channel, many commands.
import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { createGzip } from 'node:zlib';
import { SwemintError } from '../../core/errors.ts';
import type { Command, ExecResult, Sandbox, SandboxOptions } from '../../core/sandbox.ts';
import { openConversation, type Running } from '../command/conversation.ts';
import { commandEnvironment } from '../command/environment.ts';
import { effectiveLimits } from '../command/limits.ts';
import { checkWords } from '../remote/check-words.ts';
import { remoteFiles } from '../remote/files.ts';
import { openMirror } from '../remote/mirror.ts';
import { ownerLabels } from '../remote/owner.ts';
import { packFolder } from '../remote/pack.ts';
import { proxyVariables } from '../remote/proxy.ts';
import { requireSuccess } from '../remote/remote-shell.ts';
import type { Cluster } from './cluster.ts';
import { describeIsolation } from './isolation.ts';
import { removePod } from './leftovers.ts';
import { openLink } from './link.ts';
import { podName } from './names.ts';
import { renderPod } from './pod.ts';
import { unpackWords } from './program.ts';
import { startInPod } from './running.ts';
import type { KubernetesSettings } from './settings.ts';
import { podShell } from './shell.ts';
import { startPod } from './start-pod.ts';
import { openSupervisor } from './supervisor.ts';
import type { Frame } from './wire.ts';

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
  const direct = options.access === 'direct';
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

  let take: (frame: Frame) => void = () => undefined;
  const link = await openLink(cluster, name, (frame) => take(frame));
  opening.defer(() => link.close());
  const { supervisor, handle } = openSupervisor(link);
  take = handle;
  const { user } = settings;
  const opened = await supervisor.open({
    base,
    direct,
    diskBytes,
    network: options.network,
    owner: [user, user],
  });
  const prepare = podShell(supervisor, opened.env, true);
  await using packing = await packFolder(base, { owner: { user, group: user } });
  // Every byte passes through half a dozen programs on its way; compressing is cheaper.
  const stdin = packing.stream.pipe(createGzip({ level: 1 }));
  const unpacked = await prepare({ argv: unpackWords(opened.folder), stdin });
  await packing.done;
  requireSuccess(unpacked, 'write its files');
  await supervisor.seal();

  const shell = podShell(supervisor, opened.env);
  const mirror = direct ? await openMirror(shell, base) : undefined;
  let updating: Promise<void> = Promise.resolve();
  // Updates compare with the last one: one after another.
  const update = (): Promise<void> => {
    if (!mirror) return Promise.resolve();
    updating = updating.catch(() => undefined).then(() => mirror.update());
    return updating;
  };

  const home = existsSync(join(base, 'home')) ? join(base, 'home') : '/tmp';
  const network = options.network ? proxyVariables() : {};
  const live = new Set<Running>();
  const start = (command: Command, conversation: boolean): Running => {
    command.signal?.throwIfAborted();
    const cwd = command.cwd ?? base;
    const words = commandEnvironment(home, opened.env, network, options.env, command.env);
    checkWords([...words, ...command.argv]);
    const request = {
      argv: command.argv,
      cwd: isAbsolute(cwd) ? cwd : join(base, cwd),
      env: Object.fromEntries(words.map(splitPair)),
      limits: effectiveLimits(options.limits, command.limits),
    };
    const running = startInPod(supervisor, request, command, conversation);
    live.add(running);
    return { ...running, result: running.result.finally(() => live.delete(running)) };
  };
  const exec = async (command: Command): Promise<ExecResult> => {
    const result = await start(command, false).result;
    await update();
    return result;
  };
  const files = remoteFiles(shell, base);
  const closing = opening.move();
  closing.defer(async () => {
    for (const running of live) running.stop('aborted');
    await Promise.allSettled([...live].map((running) => running.result));
    await update().catch(() => undefined);
  });
  return {
    root: base,
    isolation: describeIsolation(settings, opened.isolated),
    exec,
    spawn: (command) => {
      const running = start(command, true);
      const result = running.result.then(async (ended) => {
        await update();
        return ended;
      });
      const lineBytes = defaults.outputBytes ?? Number.MAX_SAFE_INTEGER;
      return Promise.resolve(openConversation({ ...running, result }, lineBytes));
    },
    read: files.read,
    write: async (path, data) => {
      await files.write(path, data);
      await update();
    },
    upload: async (hostPath, path) => {
      await files.upload(hostPath, path);
      await update();
    },
    download: files.download,
    snapshot: async () => ({ id: await supervisor.snapshot() }),
    restore: (snapshot) => supervisor.restore(snapshot?.id ?? null),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** Throws `SwemintError('no-image')`. */
export function requireImage(image: string | undefined): string {
  if (image !== undefined) return image;
  throw new SwemintError('no-image', 'The kubernetes sandbox needs an image.', {
    hint: 'Name one that has the target’s programs: --set sandboxSettings.kubernetes.image=python:3.12',
  });
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}
