// Audits the cheap way: re-runs a seeded sample of candidates the full way and compares.
import { createRandom } from '../core/random.ts';
import type { Baseline, Candidate, Disagreement, Verdict } from '../core/schema/index.ts';
import type { Limits } from '../core/sandbox.ts';
import { readTexts, runOnce } from './full.ts';
import { compareWithBaseline } from './labels.ts';
import type { Labels } from './labels.ts';
import type { SuiteHost } from './suite.ts';

/** Chance per candidate, drawn from its id alone, so that the sample is the same however the run went. */
export function auditRank(seed: number, candidateId: string): number {
  return createRandom(seed, 'audit', candidateId).next();
}

export interface AuditLook {
  disagreement: Disagreement | undefined;
  cpuMs: number | null;
}

/** Runs the whole suite once with the candidate's bug and compares with what was decided. */
export async function auditCandidate(
  host: SuiteHost,
  candidate: Candidate,
  verdict: Verdict,
  options: { baseline: Baseline; limits: Limits; signal: AbortSignal },
): Promise<AuditLook> {
  const texts = await readTexts(host, candidate);
  if (texts === undefined) return { disagreement: undefined, cpuMs: 0 };
  const run = await runOnce(host, candidate, texts.buggy, options);
  const labels = compareWithBaseline(options.baseline, run);
  const full = run.outcome === 'timed-out' ? 'hang' : describe(labels);
  const cause = compare(verdict, labels, run.outcome === 'timed-out');
  return {
    disagreement:
      cause === undefined
        ? undefined
        : {
            candidateId: candidate.id,
            decided: verdict.status === 'kept' ? 'kept' : verdict.reason,
            full,
            cause,
            entityId: candidate.entity.id,
          },
    cpuMs: run.cpuMs,
  };
}

const describe = (labels: Labels): string =>
  labels.failToPass.length === 0 ? 'no-test-fails' : `${labels.failToPass.length} tests fail`;

/** What differs, in one sentence; undefined when nothing does. */
function compare(verdict: Verdict, labels: Labels, hung: boolean): string | undefined {
  const failing = labels.failToPass.map(({ id }) => id);
  if (verdict.status === 'kept') {
    const kept = new Set(verdict.failToPass.map(({ id }) => id));
    const full = new Set(failing);
    const more = failing.filter((id) => !kept.has(id));
    const fewer = [...kept].filter((id) => !full.has(id));
    if (more.length > 0) return `${more.length} more tests fail in a full run, e.g. ${more[0]}`;
    if (fewer.length > 0)
      return `${fewer.length} tests do not fail in a full run, e.g. ${fewer[0]}`;
    return undefined;
  }
  switch (verdict.reason) {
    case 'uncovered':
    case 'no-test-fails':
      return failing.length > 0
        ? `${failing.length} tests fail in a full run, e.g. ${failing[0]}`
        : undefined;
    case 'hang':
      return hung ? undefined : 'the full run came to its end';
    case 'breaks-everything':
    case 'breaks-too-much':
      return failing.length === 0 ? 'no test fails in a full run' : undefined;
    case 'does-not-apply':
    case 'unstable-labels':
    case 'not-restored':
    case 'run-failed':
      return undefined;
  }
}
