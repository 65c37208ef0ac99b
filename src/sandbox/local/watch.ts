// Watches the limits that no kernel feature enforces by itself.
import type { ExecOutcome } from '../../core/sandbox.ts';
import type { EffectiveLimits } from '../command/limits.ts';
import type { TreeUsage } from './usage.ts';

const POLL_MS = 50;

export interface Watched {
  limits: EffectiveLimits;
  /** CPU milliseconds by control group; null where there is none. */
  cpuMs: (() => number | null) | null;
  /** True when a control group already bounds memory. */
  memoryBounded: boolean;
  usage: () => TreeUsage;
  stop: (outcome: ExecOutcome) => void;
}

export interface Watch {
  /** The most CPU time seen when only looking at processes tells. */
  readonly seenCpuMs: number;
  end(): void;
}

/** Calls `stop` once a limit is passed. */
export function watchLimits(watched: Watched): Watch {
  const { limits, stop } = watched;
  const { timeoutMs, cpuMs, memoryBytes } = limits;
  let seenCpuMs = 0;
  const look = (): void => {
    const used = watched.cpuMs?.() ?? null;
    if (used !== null && watched.memoryBounded) {
      if (cpuMs !== null && used > cpuMs) stop('timed-out');
      return;
    }
    const usage = watched.usage();
    seenCpuMs = Math.max(seenCpuMs, usage.cpuMs);
    if (cpuMs !== null && (used ?? seenCpuMs) > cpuMs) stop('timed-out');
    if (!watched.memoryBounded && memoryBytes !== null && usage.memoryBytes > memoryBytes) {
      stop('out-of-memory');
    }
  };
  const timer = timeoutMs === null ? undefined : setTimeout(() => stop('timed-out'), timeoutMs);
  const needed = cpuMs !== null || (!watched.memoryBounded && memoryBytes !== null);
  const poll = needed ? setInterval(look, POLL_MS) : undefined;
  return {
    get seenCpuMs() {
      return seenCpuMs;
    },
    end: () => {
      clearTimeout(timer);
      clearInterval(poll);
    },
  };
}
