// Reports of process 1, as dash and bash write them.
import { expect, test } from 'vitest';
import { parseStatus, parseTimes } from './ending.ts';

const TIMES = '0m0.010000s 0m0.020000s\n0m1.500000s 0m0.250000s\n';

test('an exit code is an exit code, even a high one', () => {
  expect(parseStatus(`${TIMES}exit 0\n`)).toEqual({ kind: 'exit', code: 0 });
  expect(parseStatus(`${TIMES}exit 137\n`)).toEqual({ kind: 'exit', code: 137 });
});

test('a word of the shell before it means a signal', () => {
  expect(parseStatus(`Killed\n${TIMES}exit 137\n`)).toEqual({ kind: 'signal', name: 'SIGKILL' });
  expect(parseStatus(`sh: line 8: 4 Segmentation fault\n${TIMES}exit 139\n`)).toEqual({
    kind: 'signal',
    name: 'SIGSEGV',
  });
  expect(parseStatus('fork: out of processes\nexit 2\n')).toEqual({ kind: 'exit', code: 2 });
});

test('interrupts, which shells pass over in silence, are signals', () => {
  expect(parseStatus(`${TIMES}exit 130\n`)).toEqual({ kind: 'signal', name: 'SIGINT' });
});

test('a cut or missing report is unknown', () => {
  for (const text of ['', 'Killed\n', 'exit', 'exit x\n']) {
    expect(parseStatus(text)).toEqual({ kind: 'unknown' });
  }
  expect(parseStatus('no-folder\n')).toEqual({ kind: 'no-folder' });
});

test('times of the children add up to CPU milliseconds', () => {
  expect(parseTimes(`${TIMES}exit 0\n`)).toBe(1750);
  expect(parseTimes('exit 0\n')).toBeNull();
});
