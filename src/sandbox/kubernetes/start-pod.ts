// Creates a pod and waits until it runs, or until it is clear that it will not.
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { SwemintError } from '../../core/errors.ts';
import type { Cluster } from './cluster.ts';
import { removePod } from './leftovers.ts';
import { type Hopeless, lastWarning, readPodState } from './pod-state.ts';

const FIRST_LOOK_MS = 100;
const LONGEST_PAUSE_MS = 2000;
/** Trouble that a cluster gets over takes less. */
const PATIENCE_MS = 60_000;

/** Throws `SwemintError` with the cluster's reason; the pod is removed then. */
export async function startPod(
  cluster: Cluster,
  pod: V1Pod,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const name = pod.metadata?.name ?? '';
  const { namespace } = cluster;
  try {
    await cluster.ask(
      'create a pod',
      async (pods, attempt) => {
        try {
          await pods.createNamespacedPod({ namespace, body: pod });
        } catch (error) {
          // An earlier attempt had succeeded and only its answer was lost: names are unique.
          const { code } = error as { code?: unknown };
          if (code !== 409 || attempt === 1) throw error;
        }
      },
      signal,
    );
    await awaitRunning(cluster, name, timeoutMs, signal);
  } catch (error) {
    await removePod(cluster, name).catch(() => undefined); // Found by its label later.
    throw error;
  }
}

async function awaitRunning(
  cluster: Cluster,
  name: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const { namespace } = cluster;
  const deadline = performance.now() + timeoutMs;
  let troubledSince: number | undefined;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.3)) {
    await sleep(pause, undefined, signal === undefined ? {} : { signal });
    const pod = await cluster.ask('look at a pod', (pods) =>
      pods.readNamespacedPod({ name, namespace }),
    );
    const state = readPodState(pod);
    if (state.kind === 'running') return;
    if (state.kind === 'hopeless') throw refuse(state);
    if (state.trouble === undefined) troubledSince = undefined;
    else {
      troubledSince ??= performance.now();
      if (performance.now() > Math.min(troubledSince + PATIENCE_MS, deadline)) {
        throw refuse(state.trouble);
      }
    }
    if (performance.now() > deadline) {
      const warning = await readWarning(cluster, name);
      const seconds = Math.round(timeoutMs / 1000);
      throw new SwemintError(
        'pod-pending',
        `A sandbox pod did not start within ${seconds} s: ${warning || state.reason.replace(/\.+$/, '')}.`,
        {
          hint: 'Make room, ask for less (sandboxSettings.kubernetes.cpuRequest, memoryRequest, nodeSelector), or wait longer (startTimeout).',
        },
      );
    }
  }
}

function refuse({ code, reason, hint }: Hopeless): SwemintError {
  return new SwemintError(code, `A sandbox pod could not start: ${reason}.`, { hint });
}

/** Why a pod that ran is gone, for whoever has lost its channel; undefined while it runs. */
export async function explainLoss(cluster: Cluster, name: string): Promise<string | undefined> {
  const pod = await cluster.find('look at a pod', (pods) =>
    pods.readNamespacedPod({ name, namespace: cluster.namespace }),
  );
  if (pod === undefined) return 'it was deleted';
  const state = readPodState(pod);
  return state.kind === 'hopeless' ? state.reason : undefined;
}

async function readWarning(cluster: Cluster, name: string): Promise<string> {
  const { namespace } = cluster;
  const fieldSelector = `involvedObject.name=${name}`;
  try {
    const { items } = await cluster.ask('read events', (pods) =>
      pods.listNamespacedEvent({ namespace, fieldSelector }),
    );
    return lastWarning(items);
  } catch {
    return ''; // Events may be forbidden; then the pod's own status has to do.
  }
}
