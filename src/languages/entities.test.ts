// Entities as readers expect them: names, kinds, lines, complexity, docstrings, stubs, properties.
import { expect, test } from 'vitest';
import { docstringOf, propertiesOf, stubOf } from './describe.ts';
import { languages } from './registry.ts';
import { scanSource } from './scan.ts';
import type { Scan } from './scan.ts';
import { openSyntax } from './syntax.ts';

async function scan(language: string, source: string): Promise<Scan> {
  return scanSource(await openSyntax(await languages.load(language)), 'x', source);
}

const outline = (scanned: Scan): string[] =>
  scanned.entities.map(
    ({ ref }) => `${ref.kind} ${ref.name} ${ref.startLine}-${ref.endLine} (${ref.complexity})`,
  );

test('Python: nested, async, decorated and astral', async () => {
  using scanned = await scan(
    'python',
    `s = "😀"
class A(B):
    """Doc of A."""
    @staticmethod
    async def f(x: int, # count
                y=1) -> int:
        """Doc of f."""
        def inner():
            yield x
        try:
            if x < y <= 3 and s and y: return 1
        except E: pass
        return [i for i in x if i]
`,
  );
  expect(outline(scanned)).toEqual([
    'class A 2-13 (7)',
    'method A.f 5-13 (7)',
    'function A.f.inner 8-9 (1)',
  ]);
  const [a, f] = scanned.entities;
  if (!a || !f) throw new Error('both were found above');
  expect(a.ref.signature).toBe('class A(B)');
  expect(f.ref.signature).toBe('async def f(x: int, y=1) -> int');
  expect(docstringOf(f, scanned)).toBe('"""Doc of f."""');
  expect(stubOf(f, scanned)).toBe(
    'async def f(x: int, y=1) -> int:\n        """Doc of f."""\n        pass',
  );
  const has = Object.entries(propertiesOf(f, scanned))
    .filter(([, value]) => value)
    .map(([name]) => name);
  expect(has.sort()).toEqual(
    [
      'has_assignment',
      'has_bool_op',
      'has_decorator',
      'has_exception',
      'has_if',
      'has_list_comprehension',
      'has_off_by_one',
      'has_return',
      'has_wrapper',
      'is_function',
    ].filter((name) => name !== 'has_assignment'),
  );
});

test('JavaScript: functions bound to names in every way', async () => {
  using scanned = await scan(
    'javascript',
    `/** Doc. */
export const a = async (x) => x ? 1 : 2;
let b = function* () {};
exports.c = function () {};
const o = { d: () => 1, e() {}, 'f-g': function () {} };
class K { static h = () => 1; #p() {} get q() { return 1 } }
function outer() { const inner = () => { for (;;) {} }; return inner }
export default () => 1;
setTimeout(() => {});
`,
  );
  expect(outline(scanned)).toEqual([
    'function a 2-2 (2)',
    'function b 3-3 (1)',
    'function exports.c 4-4 (1)',
    'function d 5-5 (1)',
    'function e 5-5 (1)',
    "function 'f-g' 5-5 (1)",
    'class K 6-6 (1)',
    'method K.h 6-6 (1)',
    'method K.#p 6-6 (1)',
    'method K.q 6-6 (1)',
    'function outer 7-7 (2)',
    'function outer.inner 7-7 (2)',
    'function default 8-8 (1)',
  ]);
  const [a] = scanned.entities;
  if (!a) throw new Error('it was found above');
  expect(a.ref.signature).toBe('a = async (x) =>');
  expect(docstringOf(a, scanned)).toBe('/** Doc. */');
});

test('TypeScript: abstract classes, generics and decorators', async () => {
  using scanned = await scan(
    'typescript',
    `@d export abstract class A<T> extends B<T> implements I {
  @e() f<U>(x: U): asserts x is U { if (x) return; }
  g = <U,>(x: U) => x as unknown;
  abstract h(): void;
}
function over(x: string): void;
function over(x: any) {}
`,
  );
  expect(outline(scanned)).toEqual([
    'class A 1-5 (2)',
    'method A.f 2-2 (2)',
    'method A.g 3-3 (1)',
    'function over 7-7 (1)',
  ]);
});

test('functions in or around unreadable text are left out, the others stay', async () => {
  using scanned = await scan(
    'python',
    'def a():\n    return 1\n\n\n\ndef b():\n    return (1 +* 2\n\n\n\n\n\ndef c():\n    return 3\n',
  );
  expect(scanned.entities.map(({ name }) => name)).not.toContain('b');
  expect(scanned.entities.map(({ name }) => name)).toContain('a');
  expect(scanned.unreadable).toBeGreaterThan(0);
});
