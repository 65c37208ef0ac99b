import { expect, test } from 'vitest';
import type { Candidate, SuiteRun, Verdict } from '../core/schema/index.ts';
import { baseline, hostOfNewProcesses, run } from '../testing/scripted-suite.ts';
import { noRestoredRuns } from './confirm.ts';
import { judgeFast } from './fast.ts';
import type { FastOptions } from './fast.ts';
import type { Screened, Screener } from './screen.ts';

const candidate = {
  id: 'c',
  entity: { path: 'source.py' },
  patch: '--- a/source.py\n+++ b/source.py\n@@ -1 +1 @@\n-clean\n+buggy\n',
} as Candidate;

function screenerThat(seen: SuiteRun, more: Partial<Screened> = {}): Screener {
  return {
    screen: () =>
      Promise.resolve({
        level: 'swap',
        run: seen,
        selected: [],
        files: ['a.py'],
        suspicious: undefined,
        stoppedAsHub: false,
        ...more,
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function judge(
  seen: SuiteRun,
  hangs: FastOptions['hangs'],
  more: Partial<Screened> = {},
): Promise<{ verdict: Verdict; processes: number }> {
  const { host, processes } = hostOfNewProcesses();
  const verdict = await judgeFast(host, screenerThat(seen, more), candidate, {
    baseline,
    limits: {},
    repeats: 1,
    minPassToPass: 1,
    hangs,
    signal: new AbortController().signal,
    confirm: 'covering',
    confirmer: undefined,
    restored: noRestoredRuns(),
    hubLimit: undefined,
    isDowngraded: () => false,
    onContradiction: () => {},
  });
  return { verdict, processes: processes() };
}

// The first test was cut; what the second one would have said is not known.
const cut: SuiteRun = { ...run(['a.py'], ['a.py']), outcome: 'timed-out' };

test('a test that outlasts its limit in the screen rejects the candidate, and nothing else runs', async () => {
  const { verdict, processes } = await judge(cut, 'reject');
  expect(verdict).toMatchObject({ status: 'rejected', reason: 'hang' });
  expect(verdict.status === 'rejected' && verdict.detail).toContain('many times as long');
  expect(processes).toBe(0);
});

test('where hanging candidates are kept, whole runs decide what they break', async () => {
  const { verdict, processes } = await judge(cut, 'keep');
  expect(verdict).toMatchObject({ status: 'kept' });
  expect(verdict.runs.map(({ purpose, level }) => `${purpose} ${level}`)).toEqual([
    'screen full',
    'repeat full',
    'oracle full',
  ]);
  expect(processes).toBe(3);
});

test('a screen that was stopped early names the tests that failed, and none that did not run', async () => {
  const stopped: SuiteRun = { ...run(['a.py'], ['a.py']), outcome: 'interrupted' };
  const more = { stoppedAsHub: true, selected: ['a.py::test', 'b.py::test'] };
  const { verdict } = await judge(stopped, 'reject', more);
  expect(verdict).toMatchObject({ status: 'rejected', reason: 'breaks-too-much' });
  expect(verdict.failToPass).toEqual([expect.objectContaining({ id: 'a.py::test' })]);
});
