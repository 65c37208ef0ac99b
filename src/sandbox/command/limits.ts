// Fills in what a caller leaves open about limits.
import { totalmem } from 'node:os';
import type { Limits } from '../../core/sandbox.ts';

const MEBIBYTE = 1024 * 1024;

/** Limits with every default filled in; null means none. */
export type EffectiveLimits = { [Name in keyof Limits]-?: number | null };

/** Generous: they stop what would harm the machine, not what is merely slow. */
const defaultLimits: EffectiveLimits = {
  timeoutMs: 30 * 60_000,
  memoryBytes: Math.min(4096 * MEBIBYTE, Math.floor(totalmem() / 2)),
  processes: 512,
  outputBytes: 64 * MEBIBYTE,
  cpuMs: null,
  diskBytes: 1024 * MEBIBYTE,
};

/** The command's own limits win over the sandbox's, and those over the defaults. */
export function effectiveLimits(...layers: readonly (Limits | undefined)[]): EffectiveLimits {
  const effective = { ...defaultLimits };
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer ?? {}) as [
      keyof Limits,
      number | undefined,
    ][]) {
      if (value !== undefined) effective[name] = value;
    }
  }
  return effective;
}
