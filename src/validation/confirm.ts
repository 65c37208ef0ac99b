// Confirms what a screen found: hermetic runs in fresh processes and clean trees, then the oracle.
import type { SuiteSelection } from '../core/framework.ts';
import type { Limits } from '../core/sandbox.ts';
import type { Baseline, Candidate, EvidenceRun, SuiteRun } from '../core/schema/index.ts';
import { compareWithBaseline, sameLabels } from './labels.ts';
import type { Labels } from './labels.ts';
import { sourcePath, toEvidence } from './evidence.ts';
import { runSuite } from './suite.ts';
import type { SuiteHost } from './suite.ts';

export interface ConfirmOptions {
  baseline: Baseline;
  limits: Limits;
  /** Runs with the bug; each must fail exactly the expected tests. */
  runs: number;
  /** `covering`: the test files that reach the change. `full`: the first run takes the whole suite. */
  scope: 'covering' | 'full';
  /** A nearly hermetic run with the fix, where there is one; undefined answers fall back to a fresh process. */
  oracle?: () => Promise<{ level: string; seen: SuiteRun; run: SuiteRun } | undefined>;
  signal: AbortSignal;
}

export type Confirmation =
  | { confirmed: true; labels: Labels; first: SuiteRun }
  /** `labels`: another set failed. `oracle`: the fix did not restore everything. */
  | { confirmed: false; fault: 'labels' | 'oracle'; labels: Labels };

/**
 * Runs the covering test files of a candidate again, each time in a restored tree and a fresh
 * process. Tests outside them keep their baseline status.
 */
export async function confirm(
  host: SuiteHost,
  candidate: Candidate,
  texts: { clean: string; buggy: string },
  expected: Labels,
  coveringFiles: readonly string[],
  evidence: EvidenceRun[],
  options: ConfirmOptions,
): Promise<Confirmation> {
  const { baseline } = options;
  const look = async (
    purpose: EvidenceRun['purpose'],
    text: string,
    selection: SuiteSelection | undefined,
  ): Promise<{ run: SuiteRun; labels: Labels }> => {
    await host.sandbox.restore();
    await host.sandbox.write(sourcePath(candidate.entity.path), text);
    const run = await runSuite(host, {
      ...(selection === undefined ? {} : { selection }),
      limits: options.limits,
      signal: options.signal,
    });
    evidence.push(toEvidence(purpose, selection === undefined ? 'full' : 'coverage', run));
    const files = selection?.files;
    const whole = files === undefined ? run : assumeBaseline(baseline, run, new Set(files));
    return { run, labels: compareWithBaseline(baseline, whole) };
  };
  const covering = { files: coveringFiles };
  let first: SuiteRun | undefined;
  for (let index = 0; index < options.runs; index += 1) {
    const selection = index === 0 && options.scope === 'full' ? undefined : covering;
    const { run, labels } = await look('repeat', texts.buggy, selection);
    first ??= run;
    if (!sameLabels(labels, expected)) return { confirmed: false, fault: 'labels', labels };
  }
  const cheap = await options.oracle?.();
  if (cheap) evidence.push(toEvidence('oracle', cheap.level, cheap.seen));
  const { run, labels } = cheap
    ? { run: cheap.run, labels: compareWithBaseline(baseline, cheap.run) }
    : await look('oracle', texts.clean, covering);
  if (labels.failToPass.length > 0 || labels.unlabelled.length > 0) {
    return { confirmed: false, fault: 'oracle', labels: expected };
  }
  return { confirmed: true, labels: expected, first: first ?? run };
}

/** Completes a run of some test files: every test elsewhere is taken to do what it always did. */
export function assumeBaseline(
  baseline: Baseline,
  run: SuiteRun,
  ranFiles: ReadonlySet<string>,
): SuiteRun {
  return assumeUnselected(baseline, run, (test) => ranFiles.has(test.file));
}

/** As `assumeBaseline`, by test. */
export function assumeUnselected(
  baseline: Baseline,
  run: SuiteRun,
  isSelected: (test: Baseline['tests'][number]) => boolean,
): SuiteRun {
  const seen = new Set(run.results.map(({ id }) => id));
  const assumed = baseline.tests
    .filter((test) => !isSelected(test) && !seen.has(test.id) && test.status !== 'flaky')
    .map((test) => ({
      id: test.id,
      file: test.file,
      status: test.status as 'passed' | 'failed' | 'skipped',
      durationMs: 0,
    }));
  return { ...run, results: [...run.results, ...assumed] };
}
