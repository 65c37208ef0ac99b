// When a test hangs: one meaning for every way of looking at a candidate.
import type { Limits } from '../core/sandbox.ts';
import type { Baseline, SuiteRun } from '../core/schema/index.ts';

/**
 * A test hangs when it uses more than `factor` times its CPU time in the baseline, and at least
 * `cpuFloorMs` milliseconds. Warm runs cut it there; runs of whole suites tell afterwards.
 */
export const hangLimits = { factor: 20, cpuFloorMs: 750 };

/** Milliseconds that a test may wait in any case. */
const leastWaitMs = 5000;

/**
 * Milliseconds on the clock that a test may take where it runs without the others: as long as a run of
 * the whole suite would let it once all others had their time. Nothing where whole runs have no limit.
 */
export function waitLimit({ timeoutMs }: Limits, { wallMs }: Baseline): { wallFloorMs?: number } {
  return timeoutMs === undefined ? {} : { wallFloorMs: Math.max(leastWaitMs, timeoutMs - wallMs) };
}

/** The id of a test that hangs, as far as run and baseline tell CPU times. */
export function findHangingTest(baseline: Baseline, run: SuiteRun): string | undefined {
  const usual = new Map(baseline.tests.map(({ id, cpuMs }) => [id, cpuMs]));
  return run.results.find(({ id, cpuMs }) => {
    const before = usual.get(id);
    if (cpuMs === undefined || before === undefined) return false;
    return cpuMs > Math.max(hangLimits.cpuFloorMs, hangLimits.factor * before);
  })?.id;
}
