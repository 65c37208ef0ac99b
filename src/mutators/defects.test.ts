// Mistakes that published mutators are known to make, each as a small piece of code where they show.
import { expect, test } from 'vitest';
import { languages } from '../languages/registry.ts';
import { reachableOutcomes } from '../testing/mutant-outcomes.ts';
import { mutators } from './registry.ts';

async function outcomes(mutator: string, language: string, source: string): Promise<string[]> {
  return reachableOutcomes(await mutators.load(mutator), await languages.load(language), source);
}

test('nested matches never splice one edit into another', async () => {
  const source = 'function f(a) { for (const b of a) { while (b) { b(); } a(); } return a; }';
  expect(await outcomes('func_pm_remove_loop', 'javascript', source)).toEqual([
    'function f(a) { for (const b of a) { a(); } return a; }',
    'function f(a) { return a; }',
  ]);
});

test('positions hold after characters of two UTF-16 units and of several bytes', async () => {
  expect(
    await outcomes('func_pm_op_swap', 'typescript', 'const f = (a: number) => `😀é${"ü" + a}`;'),
  ).toEqual(['const f = (a: number) => `😀é${a + "ü"}`;']);
});

test('shuffling keeps declarations, comments and the last statement', async () => {
  const source =
    'function f(a: number[]): number {\n  const x: number = 1; // one\n  function g() {}\n  for (const i of a) g();\n  return x;\n}\n';
  const [shuffled, ...others] = await outcomes('func_pm_ctrl_shuffle', 'typescript', source);
  expect(others).toEqual([]);
  expect(shuffled).toBe(
    'function f(a: number[]): number {\n  for (const i of a) g();\n  function g() {}\n  const x: number = 1; // one\n  return x;\n}\n',
  );
});

test('a removed `else if` leaves no `else` behind', async () => {
  const source = 'function f(a, b) { if (a) { a(); } else if (b) { b(); } else { f(); } }';
  expect(await outcomes('func_pm_remove_cond', 'javascript', source)).toEqual([
    'function f(a, b) {  }',
    'function f(a, b) { if (a) { a(); } }',
  ]);
});

test('a mirrored comparison is no mutant, and an operator never becomes itself', async () => {
  expect(await outcomes('func_pm_op_swap', 'javascript', 'const f = (a, b) => a < b;')).toEqual([]);
  const changed = await outcomes('func_pm_op_change', 'python', 'def f(a, b): return a % b\n');
  expect(changed).toHaveLength(3);
  expect(changed.some((text) => text.includes('%'))).toBe(false);
});

test('methods in tab-indented classes keep their place', async () => {
  expect(
    await outcomes(
      'func_pm_unwrap_wrapper',
      'python',
      'class A:\n\tdef f(self):\n\t\twith a:\n\t\t\tb()\n\t\t\tc()\n',
    ),
  ).toEqual(['class A:\n\tdef f(self):\n\t\tb()\n\t\tc()\n']);
});

test('annotations are types, not operations', async () => {
  const source =
    'def f(a: int | None, b: dict[str, int | list[int | str]] = 1 - 2) -> "x" | None:\n    c: int | str = a\n    return c\n';
  expect(await outcomes('func_pm_op_swap', 'python', source)).toEqual([
    source.replace('1 - 2', '2 - 1'),
  ]);
});
