// What vitest must report about a small project of every kind of outcome.
import type { FrameworkCase } from './framework-case.ts';

const outcomes = `
import { test, expect, describe, beforeAll, beforeEach, afterAll } from 'vitest';
import assert from 'node:assert';
test('top', () => {});
test('top', () => {});
test('matcher', () => { expect(1).toBe(2); });
test('assertion', () => { assert.equal(1, 2); });
test('error', () => { throw new TypeError('x'); });
test('slow', { timeout: 50 }, async () => { await new Promise((r) => setTimeout(r, 500)); });
test.skip('skipped', () => {});
test.todo('later');
test('skips itself', (t) => { t.skip(); });
test.fails('expected', () => { throw new Error('x'); });
describe('outer', () => {
  describe('inner é 🎉', () => {
    test.each([1, 2])('number %i', (n) => { expect(n).toBe(n); });
  });
});
describe('all', () => { beforeAll(() => { throw new Error('x'); }); test('one', () => {}); });
describe('each', () => { beforeEach(() => { throw new Error('x'); }); test('one', () => {}); });
describe('end', () => { afterAll(() => { throw new Error('x'); }); test('one', () => {}); });
`;

const file = 'src/outcomes.test.ts';
const manifest = JSON.stringify({ type: 'module', scripts: { test: 'vitest --coverage' } });

export const vitestCases: readonly FrameworkCase[] = [
  {
    name: 'every outcome',
    files: {
      'package.json': manifest,
      [file]: outcomes,
      'types.test.ts': 'export type Nothing = undefined;\n',
      'src/broken.test.ts':
        "import './nowhere';\nimport { test } from 'vitest';\ntest('x', () => {});\n",
      'src/exit.test.ts':
        "import { test } from 'vitest';\ntest('exits', () => { process.exit(0); });\ntest('after', () => {});\n",
    },
    expected: {
      outcome: 'completed',
      tests: {
        [`${file}::top`]: 'passed',
        [`${file}::top#2`]: 'passed',
        [`${file}::matcher`]: 'assertion',
        [`${file}::assertion`]: 'assertion',
        [`${file}::error`]: 'error',
        [`${file}::slow`]: 'timeout',
        [`${file}::skipped`]: 'skipped',
        [`${file}::later`]: 'skipped',
        [`${file}::skips itself`]: 'skipped',
        [`${file}::expected`]: 'passed',
        [`${file}::outer > inner é 🎉 > number 1`]: 'passed',
        [`${file}::outer > inner é 🎉 > number 2`]: 'passed',
        [`${file}::all > one`]: 'error',
        [`${file}::each > one`]: 'error',
        [`${file}::end > one`]: 'passed',
        [`${file}::end`]: 'error',
        'src/exit.test.ts::exits': 'error',
        'src/exit.test.ts::after': 'passed',
      },
      collectionErrors: ['src/broken.test.ts'],
    },
  },
  {
    name: 'selected files',
    files: {
      'package.json': manifest,
      'a.test.ts': "import { test } from 'vitest';\ntest('a', () => {});\n",
      'b.test.ts': "import { test } from 'vitest';\ntest('b', () => {});\n",
    },
    selection: { tests: ['b.test.ts::b'] },
    expected: { outcome: 'completed', tests: { 'b.test.ts::b': 'passed' } },
  },
  {
    name: 'a test that hangs',
    files: {
      'package.json': manifest,
      'a.test.ts':
        "import { test } from 'vitest';\ntest('first', () => {});\ntest('hangs', async () => { await new Promise((r) => setTimeout(r, 600)); for (;;); });\n",
    },
    timeoutMs: 12_000,
    expected: {
      outcome: 'timed-out',
      tests: { 'a.test.ts::first': 'passed', 'a.test.ts::hangs': 'timeout' },
    },
  },
];
