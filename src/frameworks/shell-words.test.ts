import { expect, test } from 'vitest';
import { parseShell } from './shell-words.ts';

const words = (script: string, files: readonly string[] = []): string[][] =>
  parseShell(script, files).map((command) => command.words);

test('splits at operators and drops redirections', () => {
  expect(words('a && b --x; c | d > out.txt 2>&1 || e')).toEqual([
    ['a'],
    ['b', '--x'],
    ['c'],
    ['d'],
    ['e'],
  ]);
});

test('keeps quoted words whole', () => {
  expect(words(`a "b c" 'd && e' f\\ g "h\\"i"`)).toEqual([['a', 'b c', 'd && e', 'f g', 'h"i']]);
});

test('reads assignments before the program only', () => {
  expect(parseShell('TZ=UTC NODE_ENV=test mocha A=b')).toEqual([
    { env: { TZ: 'UTC', NODE_ENV: 'test' }, words: ['mocha', 'A=b'] },
  ]);
});

test('expands unquoted patterns as sh does', () => {
  const files = ['test/a.js', 'test/b.js', 'test/deep/c.js'];
  expect(words('tape test/*.js', files)).toEqual([['tape', 'test/a.js', 'test/b.js']]);
  expect(words('tape test/**/*.js', files)).toEqual([['tape', 'test/deep/c.js']]);
  expect(words("tape 'test/**/*.js'", files)).toEqual([['tape', 'test/**/*.js']]);
  expect(words('tape nothing/*.js', files)).toEqual([['tape', 'nothing/*.js']]);
});

test.each(['', '   ', '&&', '"unclosed', "'", '\\', '<', '>', '((', 'a <<EOF'])(
  'ends on %j',
  (script) => {
    expect(Array.isArray(parseShell(script))).toBe(true);
  },
);
