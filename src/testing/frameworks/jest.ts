// What jest must report about a small project of every kind of outcome.
import type { FrameworkCase } from './framework-case.ts';

const outcomes = `
const assert = require('assert');
test('top', () => {});
test('top', () => {});
test('matcher', () => { expect(1).toBe(2); });
test('assertion', () => { assert.equal(1, 2); });
test('error', () => { throw new TypeError('x'); });
test('slow', async () => { await new Promise((r) => setTimeout(r, 500)); }, 50);
test.skip('skipped', () => {});
test.todo('later');
test.failing('expected', () => { throw new Error('x'); });
describe('outer', () => {
  describe('inner é 🎉', () => {
    test.each([1, 2])('number %i', (n) => { expect(n).toBe(n); });
  });
});
describe('all', () => { beforeAll(() => { throw new Error('x'); }); test('one', () => {}); });
describe('each', () => { beforeEach(() => { throw new Error('x'); }); test('one', () => {}); });
`;

const file = '__tests__/outcomes.test.js';
const manifest = JSON.stringify({
  scripts: { test: 'cross-env TZ=America/New_York jest --coverage --watch' },
});

export const jestCases: readonly FrameworkCase[] = [
  {
    name: 'every outcome',
    files: {
      'package.json': manifest,
      [file]: outcomes,
      '__tests__/zone.test.js':
        "test('zone', () => { expect(process.env.TZ).toBe('America/New_York'); });\n",
      '__tests__/end.test.js':
        "describe('end', () => { afterAll(() => { throw new Error('x'); }); test('one', () => {}); });\n",
      '__tests__/broken.test.js': "require('./nowhere');\ntest('x', () => {});\n",
      '__tests__/helper.js': 'module.exports = {};\n',
      '__tests__/syntax.test.js': "test('x', () => {}; }\n",
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
        [`${file}::expected`]: 'passed',
        [`${file}::outer > inner é 🎉 > number 1`]: 'passed',
        [`${file}::outer > inner é 🎉 > number 2`]: 'passed',
        [`${file}::all > one`]: 'error',
        [`${file}::each > one`]: 'error',
        '__tests__/zone.test.js::zone': 'passed',
        '__tests__/end.test.js::end > one': 'passed',
        '__tests__/end.test.js': 'error',
      },
      collectionErrors: ['__tests__/broken.test.js', '__tests__/syntax.test.js'],
    },
  },
  {
    name: 'selected files',
    files: {
      'package.json': manifest,
      'a.test.js': "test('a', () => {});\n",
      'b.test.js': "test('b', () => {});\n",
    },
    selection: { files: ['b.test.js'] },
    expected: { outcome: 'completed', tests: { 'b.test.js::b': 'passed' } },
  },
  {
    name: 'a test that hangs',
    files: {
      'package.json': manifest,
      'a.test.js': "test('first', () => {});\ntest('hangs', () => { for (;;); });\n",
    },
    timeoutMs: 12_000,
    expected: {
      outcome: 'timed-out',
      tests: { 'a.test.js::first': 'passed', 'a.test.js::hangs': 'timeout' },
    },
  },
  {
    name: 'a test that ends the process as if all were well',
    files: {
      'package.json': manifest,
      'a.test.js': "test('first', () => {});\ntest('quits', () => { process.exit(0); });\n",
    },
    expected: {
      outcome: 'interrupted',
      tests: { 'a.test.js::first': 'passed', 'a.test.js::quits': 'crash' },
    },
  },
];
