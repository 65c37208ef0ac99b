import { expect, describe, it } from 'vitest';
import { findJavaScriptTest } from './javascript-test-source.ts';

const FILE = String.raw`import { describe, it, test } from 'node:test';

// it('commented out', () => {});
const text = "it('in a string', () => {})";
const pattern = /test\('in a pattern', [)]/;

describe('outer', () => {
  beforeEach(() => {});
  describe('inner', () => {
    it('adds', () => {
      const close = '})';
      const half = ${'`${[1, 2].map((n) => `${n})`)}`'};
      assert.equal(10 / 2 / 5, 1);
    });
  });
  it('adds', async () => { await add(); });

  it.only(
    "it's \"quoted\"",
    { timeout: 10 },
    () => {},
  );
});

for (const [input, expected] of [
  ['1s', 1000],
]) {
  test(${'`reads ${input}`'}, () => assert.equal(parse(input), expected));
}

test.each([
  [1, 2],
  [3, 4],
])('doubles %i to %i', (a, b) => { expect(2 * a).toBe(b); });

test.each${'`\n  a | b\n  ${1} | ${2}\n`'}('table $a', ({ a }) => {});

test('twice', () => { first(); });
test('twice', () => { second(); });

test('a > b', async (t) => {
  await t.test('step one', () => { step(1); });
});

test(makeName(), () => { computed(); });
`;
const find = (names: string[], ordinal?: number): string | undefined =>
  findJavaScriptTest(FILE, names, ordinal);

describe('findJavaScriptTest', () => {
  it('follows describe blocks, and reads strings, templates and divisions right', () => {
    expect(find(['outer', 'inner', 'adds'])).toBe(
      "it('adds', () => {\n  const close = '})';\n  const half = `${[1, 2].map((n) => `${n})`)}`;\n  assert.equal(10 / 2 / 5, 1);\n});",
    );
    expect(find(['outer', 'adds'])).toBe("it('adds', async () => { await add(); });");
  });

  it('reads escapes in names and arguments over several lines', () => {
    expect(find(['outer', `it's "quoted"`])).toMatch(/^it\.only\(\n {2}"it's/);
  });

  it('brings the loop along when it makes the name', () => {
    expect(find(['reads 1s'])).toBe(
      "for (const [input, expected] of [\n  ['1s', 1000],\n]) {\n  test(`reads ${input}`, () => assert.equal(parse(input), expected));\n}",
    );
  });

  it('brings tables along', () => {
    expect(find(['doubles 3 to 4'])).toMatch(/^test\.each\(\[\n[^]*toBe\(b\); }\);$/);
    expect(find(['table 1'])).toMatch(/^test\.each`[^]*=> {}\);$/);
  });

  it('tells repeats apart by their number', () => {
    expect(find(['twice'])).toContain('first()');
    expect(find(['twice'], 2)).toContain('second()');
  });

  it('finds subtests, and names that hold the divider', () => {
    expect(find(['a', 'b', 'step one'])).toBe("t.test('step one', () => { step(1); });");
    expect(find(['a', 'b'])).toMatch(/^test\('a > b'/);
  });

  it('takes no comment, string or pattern for a test', () => {
    for (const name of ['commented out', 'in a string', 'in a pattern']) {
      expect(find([name]) ?? '').not.toContain(name);
    }
  });

  it('survives files that break off', () => {
    for (let length = 0; length < FILE.length; length += 37) {
      const found = findJavaScriptTest(FILE.slice(0, length), ['outer', 'inner', 'adds']);
      expect(found === undefined || FILE.includes("it('adds'")).toBe(true);
    }
  });
});
