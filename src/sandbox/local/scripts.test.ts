// Quoting is what stands between a path and a privileged shell.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quote, scripts } from './scripts.ts';

test('quoted words reach a shell unchanged', () => {
  const words = ["it's", '$(id)', '`id`', 'a b', '', '\\', '"', 'new\nline', '*', "''", '-n', 'ü'];
  const output = execFileSync('sh', ['-c', `printf '%s\\0' ${words.map(quote).join(' ')}`]);
  expect(output.toString('utf8').split('\0').slice(0, -1)).toEqual(words);
});

test('every script is valid for a POSIX shell', () => {
  for (const text of Object.values(scripts)) execFileSync('sh', ['-n', '-c', text]);
});
