import { expect, test } from 'vitest';
import type { SuiteRun, TestResult } from '../core/schema/index.ts';
import { mergeRuns } from './baseline.ts';

const run = (statuses: Record<string, TestResult['status']>, durationMs: number): SuiteRun => ({
  outcome: 'completed',
  results: Object.entries(statuses).map(([id, status]) => ({
    id,
    file: 't.py',
    status,
    durationMs,
  })),
  collectionErrors: [],
  exitCode: 0,
  wallMs: durationMs * 10,
  cpuMs: durationMs,
  outputTail: '',
});

test('a test that differs between runs, or that one run lacks, is flaky', () => {
  const merged = mergeRuns([
    run({ z: 'passed', moody: 'passed', shy: 'passed', red: 'failed' }, 30),
    run({ z: 'passed', moody: 'failed', red: 'failed' }, 10),
    run({ z: 'passed', moody: 'passed', shy: 'passed', red: 'failed' }, 20),
  ]);
  expect(merged.tests.map(({ id, status }) => [id, status])).toEqual([
    ['moody', 'flaky'],
    ['red', 'failed'],
    ['shy', 'flaky'],
    ['z', 'passed'],
  ]);
});

test('times are medians', () => {
  const merged = mergeRuns([
    run({ a: 'passed' }, 30),
    run({ a: 'passed' }, 10),
    run({ a: 'passed' }, 20),
  ]);
  expect(merged).toMatchObject({ runs: 3, wallMs: 200, cpuMs: 20 });
  expect(merged.tests[0]?.durationMs).toBe(20);
  expect(mergeRuns([run({ a: 'passed' }, 30), run({ a: 'passed' }, 10)]).wallMs).toBe(200);
});

test('CPU time is unknown when one run could not tell', () => {
  expect(
    mergeRuns([run({ a: 'passed' }, 1), { ...run({ a: 'passed' }, 1), cpuMs: null }]).cpuMs,
  ).toBeNull();
});
