// Reads what the cluster says about a pod: is it up, will it ever be, and why did it end?
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { NO_PYTHON } from './program.ts';

export type PodState =
  | { kind: 'running' }
  | { kind: 'waiting'; reason: string }
  /** No waiting will change it. */
  | { kind: 'hopeless'; code: string; reason: string; hint: string };

const IMAGE_TROUBLE = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
]);
const START_TROUBLE = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
]);

const IMAGE_HINT =
  'Check its name, and that the cluster may pull it: sandboxSettings.kubernetes.imagePullSecrets, imagePullPolicy.';

/** The state as the pod's own status tells it. */
export function readPodState(pod: V1Pod): PodState {
  const container = pod.status?.containerStatuses?.[0]?.state;
  const waiting = container?.waiting;
  if (waiting?.reason !== undefined && IMAGE_TROUBLE.has(waiting.reason)) {
    const reason = `its image cannot be pulled (${waiting.reason}: ${firstLine(waiting.message)})`;
    return { kind: 'hopeless', code: 'no-such-image', reason, hint: IMAGE_HINT };
  }
  if (waiting?.reason !== undefined && START_TROUBLE.has(waiting.reason)) {
    const reason = `its container cannot start (${waiting.reason}: ${firstLine(waiting.message)})`;
    return { kind: 'hopeless', code: 'pod-failed', reason, hint: START_HINT };
  }
  if (
    pod.status?.phase === 'Failed' ||
    pod.status?.phase === 'Succeeded' ||
    container?.terminated
  ) {
    return explainEnd(pod);
  }
  if (pod.status?.phase === 'Running' && container?.running) return { kind: 'running' };
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  const reason = unscheduled?.message ?? waiting?.reason ?? 'it is still being prepared';
  return { kind: 'waiting', reason };
}

const START_HINT =
  'The image needs /bin/sh, and the cluster must allow what sandboxSettings.kubernetes asks for.';

function explainEnd(pod: V1Pod): PodState {
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (ended?.exitCode === NO_PYTHON) {
    return {
      kind: 'hopeless',
      code: 'unusable-image',
      reason: 'its image has no python3 on the PATH',
      hint: 'Use an image with Python 3.7 or later; the sandbox runs its own small program with it.',
    };
  }
  const reasons: Record<string, string> = {
    OOMKilled: 'it needed more memory than its limit',
    DeadlineExceeded: 'it reached the longest life that sandboxSettings.kubernetes.lifetime allows',
    Evicted: 'the cluster evicted it',
    Preempted: 'the cluster needed its place',
  };
  const word = pod.status?.reason ?? ended?.reason ?? 'unknown';
  const message = firstLine(pod.status?.message ?? ended?.message);
  const code = ended === undefined ? '' : `, exit code ${ended.exitCode}`;
  return {
    kind: 'hopeless',
    code: 'pod-failed',
    reason: `${reasons[word] ?? `it ended (${word}${code})`}${message === '' ? '' : `: ${message}`}`,
    hint: 'Raise what it exceeded in sandboxSettings.kubernetes or in limits, or look at it with kubectl describe pod.',
  };
}

/** The last warning of the cluster about a pod; empty when there is none. */
export function lastWarning(events: readonly CoreV1Event[]): string {
  const time = (event: CoreV1Event): number =>
    new Date(event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? 0).getTime();
  const [last] = events
    .filter(({ type }) => type === 'Warning')
    .toSorted((a, b) => time(b) - time(a));
  return last === undefined ? '' : `${last.reason ?? ''}: ${firstLine(last.message)}`;
}

function firstLine(text: string | undefined): string {
  return (text ?? '').trim().split('\n')[0]?.slice(0, 400) ?? '';
}
