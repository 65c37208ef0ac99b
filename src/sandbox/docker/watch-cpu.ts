// Ends a container that has used its CPU time, which engines do not bound by themselves.
import type Docker from 'dockerode';
import type { EffectiveLimits } from '../command/limits.ts';

export interface CpuWatch {
  /** The last that was seen; null when nobody looked. */
  readonly seenMs: number | null;
  end(): void;
}

const POLL_MS = 200;

/** Looks only where the time limit would come later. */
export function watchCpu(
  container: Docker.Container,
  { cpuMs, timeoutMs }: Pick<EffectiveLimits, 'cpuMs' | 'timeoutMs'>,
  stop: () => void,
): CpuWatch {
  let seenMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const look = async (): Promise<void> => {
    try {
      const stats = await container.stats({ stream: false, 'one-shot': true });
      seenMs = stats.cpu_stats.cpu_usage.total_usage / 1e6;
    } catch {
      return; // It has ended meanwhile.
    }
    if (cpuMs !== null && seenMs > cpuMs) stop();
    else if (!ended) plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => void look(), POLL_MS);
  };
  // Several cores use up CPU time faster than time passes.
  if (cpuMs !== null && cpuMs < (timeoutMs ?? Number.POSITIVE_INFINITY) * 64) plan();
  return {
    get seenMs() {
      return seenMs;
    },
    end: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}
