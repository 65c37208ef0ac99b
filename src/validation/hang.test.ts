import { expect, test } from 'vitest';
import { baseline, run } from '../testing/scripted-suite.ts';
import { findFault } from './full.ts';
import { findHangingTest, waitLimit } from './hang.ts';
import { compareWithBaseline } from './labels.ts';

const usually = (cpuMs: number) => ({
  ...baseline,
  tests: baseline.tests.map((one) => ({ ...one, cpuMs })),
});
const took = (cpuMs: number) => {
  const seen = run(['a.py'], ['a.py', 'b.py']);
  return { ...seen, results: seen.results.map((one) => ({ ...one, cpuMs })) };
};

test.each([
  ['a short test may take three quarters of a second', 2, 750, undefined],
  ['and no more', 2, 751, 'a.py::test'],
  ['a longer one may take twenty times what it takes', 100, 2000, undefined],
  ['and no more', 100, 2001, 'a.py::test'],
])('%s', (_, before, now, hanging) => {
  expect(findHangingTest(usually(before), took(now))).toBe(hanging);
});

test.each([
  ['as long as a whole run would let it', 15_000, { wallFloorMs: 12_000 }],
  ['some seconds in any case', 4000, { wallFloorMs: 5000 }],
  ['as the runner likes where whole runs have no limit', undefined, {}],
])('a test may wait %s', (_, timeoutMs, limit) => {
  const limits = timeoutMs === undefined ? {} : { timeoutMs };
  expect(waitLimit(limits, { ...baseline, wallMs: 3000 })).toEqual(limit);
});

test('where CPU times are not known, no test is said to hang', () => {
  expect(findHangingTest(baseline, took(1e6))).toBeUndefined();
  expect(findHangingTest(usually(1), run([], ['a.py']))).toBeUndefined();
});

test('a whole run that ends is a hang all the same, unless hanging candidates are kept', () => {
  const look = { run: took(1000), labels: compareWithBaseline(usually(1), took(1000)) };
  const options = { baseline: usually(1), limits: {}, minPassToPass: 1 };
  expect(findFault(look, { ...options, hangs: 'reject' })).toMatchObject({ reason: 'hang' });
  expect(findFault(look, { ...options, hangs: 'keep' })).toBeUndefined();
});
