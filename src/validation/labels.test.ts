import { expect, test } from 'vitest';
import type { Baseline, BaselineTest, SuiteRun, TestResult } from '../core/schema/index.ts';
import { compareWithBaseline, sameLabels } from './labels.ts';

const known = (id: string, status: BaselineTest['status'], file = 't.py'): BaselineTest => ({
  id,
  file,
  status,
  durationMs: 1,
});
const baselineOf = (...tests: BaselineTest[]): Baseline => ({
  runs: 3,
  tests,
  wallMs: 1,
  cpuMs: 1,
});
const result = (
  id: string,
  status: TestResult['status'],
  kind?: TestResult['kind'],
): TestResult => ({
  id,
  file: 't.py',
  status,
  durationMs: 1,
  ...(kind === undefined ? {} : { kind }),
});
const runOf = (results: TestResult[], more: Partial<SuiteRun> = {}): SuiteRun => ({
  outcome: 'completed',
  results,
  collectionErrors: [],
  exitCode: 1,
  wallMs: 1,
  cpuMs: 1,
  outputTail: '',
  ...more,
});

test('labels are seen from the one who fixes', () => {
  const baseline = baselineOf(
    known('breaks', 'passed'),
    known('holds', 'passed'),
    known('skips', 'passed'),
    known('never', 'failed'),
    known('cured', 'failed'),
    known('flaky', 'flaky'),
    known('skipped', 'skipped'),
  );
  const run = runOf([
    result('breaks', 'failed', 'assertion'),
    result('holds', 'passed'),
    result('skips', 'skipped'),
    result('never', 'failed', 'error'),
    result('cured', 'passed'),
    result('flaky', 'failed', 'assertion'),
    result('skipped', 'failed', 'error'),
    result('new under the bug', 'passed'),
  ]);
  expect(compareWithBaseline(baseline, run)).toEqual({
    failToPass: [{ id: 'breaks', kind: 'assertion' }],
    passToPass: ['holds'],
    failToFail: ['never'],
    passToFail: ['cured'],
    unlabelled: ['skips'],
  });
});

test.each([
  [{ collectionErrors: [{ file: 't.py', message: 'ImportError' }] }, 'collection'],
  [{ collectionErrors: [{ file: 'other.py', message: 'ImportError' }] }, 'missing'],
  [{ outcome: 'timed-out' }, 'timeout'],
  [{ outcome: 'interrupted' }, 'crash'],
  [{ outcome: 'out-of-memory' }, 'crash'],
  [{}, 'missing'],
] as const)('a test that vanished counts as failing: %j is %s', (more, kind) => {
  const labels = compareWithBaseline(
    baselineOf(known('gone', 'passed')),
    runOf([], more as Partial<SuiteRun>),
  );
  expect(labels.failToPass).toEqual([{ id: 'gone', kind }]);
});

test('labels are the same when the same tests fail, in whatever way', () => {
  const baseline = baselineOf(known('a', 'passed'), known('b', 'passed'));
  const labelsOf = (...results: TestResult[]) => compareWithBaseline(baseline, runOf(results));
  const assertion = labelsOf(result('a', 'failed', 'assertion'), result('b', 'passed'));
  const error = labelsOf(result('a', 'failed', 'error'), result('b', 'passed'));
  const both = labelsOf(result('a', 'failed', 'error'), result('b', 'failed', 'error'));
  const skipped = labelsOf(result('a', 'failed', 'error'), result('b', 'skipped'));
  expect(sameLabels(assertion, error)).toBe(true);
  expect(sameLabels(assertion, both)).toBe(false);
  expect(sameLabels(assertion, skipped)).toBe(false);
});
