// Replays agree when their tests do; what differs is flaky, and too much of that is no agreement.
import { expect, test } from 'vitest';
import type { TestStatus } from '../../core/schema/index.ts';
import { compareReplays } from './replay.ts';
import type { Replay } from './replay.ts';

function replay(statuses: Readonly<Record<string, TestStatus>>): Replay {
  const results = Object.entries(statuses).map(([id, status]) => ({
    id,
    file: 'tests/test_a.py',
    status,
    durationMs: 1,
  }));
  return {
    figures: { installMs: 1, testMs: 1, passed: 0, failed: 0, skipped: 0 },
    run: {
      outcome: 'completed',
      results,
      collectionErrors: [],
      exitCode: 0,
      wallMs: 1,
      cpuMs: 1,
      outputTail: '',
    },
    versions: {},
    isolation: 'none',
  };
}

const many = (count: number, status: TestStatus): Record<string, TestStatus> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${status}-${index}`, status]));
const flakyIn = (result: ReturnType<typeof compareReplays>): string[] =>
  'code' in result
    ? [result.code]
    : result.baseline.tests.filter(({ status }) => status === 'flaky').map(({ id }) => id);

test('one odd test is named; of many tests a tenth may be odd', () => {
  const steady = many(3, 'passed');
  const small = [
    { ...steady, odd: 'passed' as const },
    { ...steady, odd: 'failed' as const },
  ];
  expect(flakyIn(compareReplays(small.map(replay)))).toEqual(['odd']);
  const large = [many(27, 'passed'), { ...many(27, 'passed'), ...many(3, 'failed') }];
  expect(flakyIn(compareReplays(large.map(replay)))).toHaveLength(3);
});

test('a test that only some replays have is flaky', () => {
  const replays = [replay(many(2, 'passed')), replay({ ...many(2, 'passed'), late: 'passed' })];
  expect(flakyIn(compareReplays(replays))).toEqual(['late']);
});

test('too many that differ, and none that always passes, are refused', () => {
  const shaky = [many(10, 'passed'), { ...many(10, 'passed'), a: 'failed', b: 'failed' }] as const;
  expect(flakyIn(compareReplays(shaky.map((one) => replay({ ...one }))))).toEqual([
    'replays-differ',
  ]);
  const red = [replay(many(4, 'failed')), replay(many(4, 'failed'))];
  expect(flakyIn(compareReplays(red))).toEqual(['all-tests-fail']);
});

test('failing tests that always fail do no harm', () => {
  const replays = [1, 2, 3].map(() => replay({ ...many(4, 'failed'), ...many(1, 'passed') }));
  expect(flakyIn(compareReplays(replays))).toEqual([]);
});
