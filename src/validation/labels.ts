// Compares one run with the baseline: which tests a bug breaks, seen from the one who fixes it.
import type { Baseline, FailingTest, FailureKind, SuiteRun } from '../core/schema/index.ts';

export interface Labels {
  /** Pass in the baseline, fail, error or vanish in the run. */
  failToPass: FailingTest[];
  passToPass: string[];
  failToFail: string[];
  passToFail: string[];
  /** Pass in the baseline, skipped in the run. */
  unlabelled: string[];
}

/** Flaky tests label nothing; tests that vanish count as failing, with the reason as their kind. */
export function compareWithBaseline(baseline: Baseline, run: SuiteRun): Labels {
  const results = new Map(run.results.map((result) => [result.id, result]));
  const broken = new Set(run.collectionErrors.map(({ file }) => file));
  const labels: Labels = {
    failToPass: [],
    passToPass: [],
    failToFail: [],
    passToFail: [],
    unlabelled: [],
  };
  for (const { id, file, status } of baseline.tests) {
    const result = results.get(id);
    if (status === 'passed') {
      if (result?.status === 'passed') labels.passToPass.push(id);
      else if (result?.status === 'skipped') labels.unlabelled.push(id);
      else
        labels.failToPass.push({ id, kind: result?.kind ?? vanishedKind(run, broken.has(file)) });
    } else if (status === 'failed') {
      if (result?.status === 'passed') labels.passToFail.push(id);
      else if (result?.status !== 'skipped') labels.failToFail.push(id);
    }
  }
  return labels;
}

function vanishedKind(run: SuiteRun, collectionFailed: boolean): FailureKind {
  if (collectionFailed) return 'collection';
  if (run.outcome === 'timed-out') return 'timeout';
  if (run.outcome !== 'completed') return 'crash';
  return 'missing';
}

/** True when two runs fail and spare the same tests; kinds may differ. */
export function sameLabels(a: Labels, b: Labels): boolean {
  return (
    sameList(
      a.failToPass.map(({ id }) => id),
      b.failToPass.map(({ id }) => id),
    ) && sameList(a.passToPass, b.passToPass)
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
