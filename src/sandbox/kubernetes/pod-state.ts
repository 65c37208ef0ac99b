// Reads what the cluster says about a pod: is it up, will it ever be, and why did it end?
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { NO_PYTHON } from './program.ts';

export type PodState =
  | { kind: 'running' }
  /** `trouble`: what it becomes if nothing changes soon. */
  | { kind: 'waiting'; reason: string; trouble?: Hopeless }
  | Hopeless;

/** No waiting will change it. */
export interface Hopeless {
  kind: 'hopeless';
  code: string;
  reason: string;
  hint: string;
}

const IMAGE_TROUBLE = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'RegistryUnavailable',
  'InvalidImageName',
  'ErrImageNeverPull',
]);
// A registry may be down for a moment; these answers stay.
const FINAL_WORD =
  /InvalidImageName|ErrImageNeverPull|not found|not exist|denied|unauthorized|forbidden|no such host/i;
const START_TROUBLE = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
]);

/** The state as the pod's own status tells it. */
export function readPodState(pod: V1Pod): PodState {
  const container = pod.status?.containerStatuses?.[0]?.state;
  const waiting = container?.waiting;
  const words = `${waiting?.reason ?? ''}: ${firstLine(waiting?.message)}`;
  if (waiting?.reason !== undefined && IMAGE_TROUBLE.has(waiting.reason)) {
    const trouble: Hopeless = {
      kind: 'hopeless',
      code: 'no-such-image',
      reason: `its image cannot be pulled (${words})`,
      hint: 'Check its name, and that the cluster may pull it: sandboxSettings.kubernetes.imagePullSecrets, imagePullPolicy.',
    };
    return FINAL_WORD.test(words) ? trouble : { kind: 'waiting', reason: trouble.reason, trouble };
  }
  if (waiting?.reason !== undefined && START_TROUBLE.has(waiting.reason)) {
    return explainStart(words);
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

function explainStart(words: string): Hopeless {
  return {
    kind: 'hopeless',
    code: 'unusable-image',
    reason: `its container cannot start (${words})`,
    hint: 'The image needs /bin/sh and python3, and the cluster must allow what sandboxSettings.kubernetes asks for.',
  };
}

function explainEnd(pod: V1Pod): Hopeless {
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (ended?.exitCode === NO_PYTHON) {
    return {
      kind: 'hopeless',
      code: 'unusable-image',
      reason: 'its image has no python3 on the PATH',
      hint: 'Use an image with Python 3.7 or later; the sandbox runs its own small program with it.',
    };
  }
  if (ended?.reason !== undefined && START_TROUBLE.has(ended.reason)) {
    return explainStart(`${ended.reason}: ${firstLine(ended.message)}`);
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
  return ((text ?? '').trim().split('\n')[0] ?? '').slice(0, 400).replace(/\.+$/, '');
}
