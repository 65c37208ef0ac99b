import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { failureKind } from '../core/schema/index.ts';
import { sampleCandidate, sampleKept } from '../testing/sample-task.ts';
import { describeBugType } from './bug-type.ts';
import { leaks } from './leaks.ts';
import { writeStatement } from './statement.ts';
import { drawTemplate, templates } from './templates.ts';
import { openTestSources } from './test-source.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'statement-'));
  mkdirSync(join(root, 'tests'));
  writeFileSync(
    join(root, 'tests/test_money.py'),
    'class SplitTest:\n    def test_no_cent_is_lost(self):\n        shares = Money(100, "EUR").split([1, 1, 1])\n',
  );
  writeFileSync(join(root, 'a.test.ts'), "it('adds', () => {\n  add(1);\n});\n");
  symlinkSync('/etc', join(root, 'outside'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const write = (changes: Partial<Parameters<typeof writeStatement>[0]> = {}) =>
  writeStatement({
    method: 'template',
    seed: 24,
    candidate: sampleCandidate(),
    verdict: sampleKept(),
    sources: openTestSources(root),
    ...changes,
  });
const many = (count: number, changes: Partial<Parameters<typeof writeStatement>[0]> = {}) =>
  Promise.all(Array.from({ length: count }, (_, seed) => write({ seed, ...changes })));

describe('templates', () => {
  it('have weights that add up to 1, and are drawn accordingly', () => {
    expect(templates.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
    const random = createRandom('weights');
    const drawn = new Map<string, number>();
    for (let draw = 0; draw < 20_000; draw += 1) {
      const { name } = drawTemplate(random);
      drawn.set(name, (drawn.get(name) ?? 0) + 1 / 20_000);
    }
    for (const { name, weight } of templates) expect(drawn.get(name)).toBeCloseTo(weight, 1.7);
  });
});

describe('writeStatement', () => {
  it('says the same for the same seed, and something else for another', async () => {
    expect(await write()).toEqual(await write());
    const texts = new Set((await many(200)).map(({ text }) => text));
    expect(texts.size).toBeGreaterThan(180);
  });

  it('tells exactly what its template may tell', async () => {
    for (const { text, template: name } of await many(300)) {
      const tells = templates.find((template) => template.name === name)?.tells ?? [];
      expect(text.includes('ledgerline/money.py'), text).toBe(tells.includes('file'));
      expect(text.includes('Money.split'), text).toBe(tells.includes('function'));
      expect(text.includes('test_no_cent_is_lost'), text).toBe(
        tells.includes('test') || tells.includes('test-list'),
      );
      const kinds = describeBugType('func_pm_op_swap');
      expect(kinds.some((kind) => text.includes(kind))).toBe(tells.includes('type'));
    }
  });

  it('never gives the answer away, fills every brace and names no host path', async () => {
    for (const kind of failureKind.options) {
      const failToPass = Array.from({ length: 40 }, (_, index) => ({
        id: `t.py::t${index}`,
        kind,
      }));
      for (const { text } of await many(60, { verdict: sampleKept({ failToPass }) })) {
        expect(leaks(text, sampleCandidate())).toEqual([]);
        expect(text).not.toMatch(/\{\w+\}|undefined|\/runs\/|\n{3}/);
        expect(text.trim()).toBe(text);
      }
    }
  });

  it('starts with words, not with output', async () => {
    for (const { text } of await many(100)) expect(text).toMatch(/^[A-Z`]/);
  });

  it('lists some of many tests and counts the rest', async () => {
    const failToPass = Array.from({ length: 40 }, (_, index) => ({
      id: `t.py::t${index}`,
      kind: 'assertion' as const,
    }));
    const all = await many(80, { verdict: sampleKept({ failToPass }) });
    const list = all.find(({ template }) => template === 'test-list');
    expect(list?.text).toContain('- `t.py::t19`\n- and 20 more');
  });

  it('leaves a faulty line out of the failure that it quotes', async () => {
    const verdict = sampleKept({
      failureOutput:
        'ledgerline/money.py:159: in split\n    share = exact.denominator // exact.numerator\nE   ZeroDivisionError: in share = exact.denominator // exact.numerator\n',
    });
    for (const method of ['template', 'tests'] as const) {
      for (const { text } of await many(40, { verdict, method })) {
        expect(text).not.toContain('exact.denominator');
      }
    }
  });

  it('shows a test and what it printed, paths cleaned', async () => {
    const { text, template } = await write({ method: 'tests' });
    expect(template).toBeNull();
    expect(text).toContain(
      '```python\ndef test_no_cent_is_lost(self):\n    shares = Money(100, "EUR").split([1, 1, 1])\n```',
    );
    expect(text).toContain('File "tests/test_money.py", line 84');
    expect(text).toContain(
      '`tests/test_money.py::SplitTest::test_largest_remainder_first` fails as well.',
    );
  });

  it('shows TypeScript too, and does without a source that cannot be found', async () => {
    const verdictFor = (id: string) => sampleKept({ failToPass: [{ id, kind: 'error' }] });
    const typescript = await write({ method: 'tests', verdict: verdictFor('a.test.ts::adds') });
    expect(typescript.text).toContain("```ts\nit('adds', () => {\n  add(1);\n});\n```");
    for (const id of [
      'gone.py::test_x',
      'outside/hosts.py::test_x',
      '../x.py::t',
      'a.rs::t',
      'a.py',
    ]) {
      const { text } = await write({ method: 'tests', verdict: verdictFor(id) });
      expect(text).not.toContain('```python');
      expect(text).toContain('AssertionError');
    }
  });

  it('says nothing when told so', async () => {
    expect(await write({ method: 'none' })).toEqual({ text: '', method: 'none', template: null });
  });
});
