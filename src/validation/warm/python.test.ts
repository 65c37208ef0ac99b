import { expect, test } from 'vitest';
import type { TestResult } from '../../core/schema/index.ts';
import { failsByChance } from './python.ts';

const failed = (message?: string): TestResult => ({
  id: 't.py::test',
  file: 't.py',
  status: 'failed',
  durationMs: 1,
  ...(message === undefined ? {} : { message }),
});

test.each([
  ["assert 'Exception ignored in: <_io.FileIO name=7>' == 'hello'", true],
  ['pytest.PytestUnraisableExceptionWarning: Exception ignored in: <socket>', true],
  ['AssertionError: assert 1 == 2', false],
  [undefined, false],
])('whether a failure tells when garbage is collected: %s', (message, chance) => {
  expect(failsByChance(failed(message))).toBe(chance);
});

test('a test that passes fails by no chance', () => {
  expect(failsByChance({ ...failed('Exception ignored in x'), status: 'passed' })).toBe(false);
});
