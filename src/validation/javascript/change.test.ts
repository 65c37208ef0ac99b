// What a change is seen as decides which tests run: each case here once could have run too few.
import { beforeAll, expect, test } from 'vitest';
import { languages } from '../../languages/registry.ts';
import { openSyntax } from '../../languages/syntax.ts';
import type { Syntax } from '../../languages/syntax.ts';
import { findChanges } from './change.ts';
import type { Change } from './change.ts';

let syntax: Syntax;
beforeAll(async () => {
  syntax = await openSyntax(await languages.load('javascript'));
});

function changes(before: string, after: string): Change[] {
  const [old, now] = [syntax.parse(before), syntax.parse(after)];
  try {
    return findChanges(old.rootNode, now.rootNode, { before, after });
  } finally {
    old.delete();
    now.delete();
  }
}

/** Each change as the text of the place it touches, and whether only that place matters. */
function shown(before: string, after: string): string[] {
  return changes(before, after).map((change) =>
    change.kind === 'module'
      ? 'module'
      : `${change.local ? 'here' : 'function'}: ${before.slice(change.site.start, change.site.end)}`,
  );
}

test.for([
  ['comments and blanks are no change', 'f(a,b) // x', 'f(a, b)', []],
  [
    'a new line can change the program',
    '() => { return a }',
    '() => { return\na }',
    ['here: return a'],
  ],
  ['module level', 'let a = 1', 'let a = 2', ['module']],
  ['a literal in a body', 'function f() { g(1) }', 'function f() { g(2) }', ['here: 1']],
  [
    'an operator stands for its whole expression',
    '() => { a && b }',
    '() => { a || b }',
    ['here: a && b'],
  ],
  ['a removed statement', '() => { a(); b() }', '() => { b() }', ['here: a();']],
  ['an inserted statement', '() => { a();}', '() => { a();b();}', ['here: ']],
  [
    'a declaration matters to its function',
    '() => { var a; b() }',
    '() => { b() }',
    ['function: var a;'],
  ],
  [
    'a case is compared without running',
    'x = () => { switch (a) { case 1: b() } }',
    'x = () => { switch (a) { case 2: b() } }',
    ['function: 1'],
  ],
  ['a default value', 'function f(a = 1) {}', 'function f(a = 2) {}', ['module']],
  [
    'a default value of an inner function',
    'function f() { return (a = 1) => a }',
    'function f() { return (a = 2) => a }',
    ['here: 1'],
  ],
  ['a field', 'class A { a = 1; b() {} }', 'class A { a = 2; b() {} }', ['module']],
  ['a static block', 'class A { static { a() } }', 'class A { static { b() } }', ['module']],
  ['async', 'function f() { a() }', 'async function f() { a() }', ['module']],
  ['a computed name', 'class A { [a]() {} }', 'class A { [b]() {} }', ['module']],
  ['an arrow gets a block', 'x = () => a', 'x = () => { a }', ['here: a']],
  ['two places', '() => { a(1); b(2) }', '() => { a(3); b(4) }', ['here: 1', 'here: 2']],
  ['another function', 'function f() {}\nfunction g() { a }', 'function g() { a }', ['module']],
] as const)('%s', ([, before, after, expected]) => {
  expect(shown(before, after)).toEqual(expected);
});

test('methods that come and go matter to those who run another method of the class', () => {
  const before = 'class A { constructor() { a } b() { c } }';
  const [change] = changes(before, 'class A { constructor() { a } }');
  expect(change).toMatchObject({ kind: 'body', local: false });
  const own =
    change?.kind === 'body' ? change.own.map(({ start, end }) => before.slice(start, end)) : [];
  expect(own).toEqual(['{ a }', '{ c }']);
});

test('a function is told apart from those inside it', () => {
  const before = 'function f() { a; return () => b; }';
  const [change] = changes(before, 'function f() { z; return () => b; }');
  const own =
    change?.kind === 'body' ? change.own.map(({ start, end }) => before.slice(start, end)) : [];
  expect(own).toEqual(['{ a; return ', '; }']);
});
