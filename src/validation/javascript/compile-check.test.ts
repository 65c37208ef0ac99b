// Early errors that a syntax tree does not show must be found, and nothing may run.
import { expect, test } from 'vitest';
import { CompileChecker } from './compile-check.ts';

test.for([
  ['a.js', 'module.exports = 1; return;', 'let a = 1; let a = 2;', 'broken'],
  ['a.js', 'module.exports = 1;', 'process.exit(1);', 'compiles'],
  ['a.mjs', 'export const a = 1;', 'export const a = 1; await a;', 'compiles'],
  ['a.mjs', 'export const a = 1;', 'export const a = 1; break;', 'broken'],
  ['a.ts', 'export const a: number = 1;', 'export const a: number = 2;', 'compiles'],
  ['a.ts', 'export enum A { x }', 'export enum A { x } let b; let b;', 'broken'],
  ['a.jsx', 'export const a = <b />;', 'export const a = <c />;', 'unknown'],
] as const)('%s: %s -> %s', async ([path, before, after, expected]) => {
  await using checker = new CompileChecker();
  expect(await checker.check(path, before, after)).toBe(expected);
});
