// What node:test must report about a small project of every kind of outcome.
import type { FrameworkCase } from './framework-case.ts';

const outcomes = `
import test, { describe, it, before } from 'node:test';
import assert from 'node:assert';
test('top', () => {});
test('assertion', () => assert.equal(1, 2));
test('error', () => { throw new TypeError('x'); });
test('parent', async (t) => {
  await t.test('child', () => {});
  await t.test('child', () => {});
});
describe('suite é 🎉', () => {
  it('one thing', () => {});
  it('bad', () => assert.ok(false));
  it.skip('skipped', () => {});
  it.todo('later', () => { throw new Error('x'); });
});
describe('hook', () => { before(() => { throw new Error('hook'); }); it('blocked', () => {}); });
test('slow', { timeout: 50 }, async () => { await new Promise((r) => setTimeout(r, 1000)); });
`;

const file = 'test/outcomes.test.js';
const manifest = (script: string): string =>
  JSON.stringify({ type: 'module', scripts: { test: script } });

export const nodeTestCases: readonly FrameworkCase[] = [
  {
    name: 'every outcome',
    files: {
      'package.json': manifest('npm run lint && c8 node --test --test-reporter=dot'),
      [file]: outcomes,
      'test/plain.test.js': "import assert from 'node:assert';\nassert.ok(1);\n",
      'test/broken.test.js': "import './nowhere.js';\nimport 'node:test';\n",
    },
    expected: {
      outcome: 'completed',
      tests: {
        [`${file}::top`]: 'passed',
        [`${file}::assertion`]: 'assertion',
        [`${file}::error`]: 'error',
        [`${file}::parent > child`]: 'passed',
        [`${file}::parent > child#2`]: 'passed',
        [`${file}::parent`]: 'passed',
        [`${file}::suite é 🎉 > one thing`]: 'passed',
        [`${file}::suite é 🎉 > bad`]: 'assertion',
        [`${file}::suite é 🎉 > skipped`]: 'skipped',
        [`${file}::suite é 🎉 > later`]: 'skipped',
        [`${file}::hook > blocked`]: 'error',
        [`${file}::hook`]: 'error',
        [`${file}::slow`]: 'timeout',
        'test/plain.test.js': 'passed',
      },
      collectionErrors: ['test/broken.test.js'],
    },
  },
  {
    name: 'selected files',
    files: {
      'package.json': manifest('node --test test/*.test.js'),
      'test/a.test.js': "import test from 'node:test';\ntest('a', () => {});\n",
      'test/b.test.js': "import test from 'node:test';\ntest('b', () => {});\n",
    },
    selection: { files: ['test/b.test.js'] },
    expected: { outcome: 'completed', tests: { 'test/b.test.js::b': 'passed' } },
  },
  {
    name: 'a test that hangs',
    files: {
      'package.json': manifest('node --test'),
      'test/a.test.js':
        "import test from 'node:test';\nimport { setTimeout } from 'node:timers/promises';\ntest('first', () => {});\ntest('hangs', async () => { await setTimeout(300); for (;;); });\n",
    },
    timeoutMs: 6000,
    expected: {
      outcome: 'timed-out',
      tests: { 'test/a.test.js::first': 'passed', 'test/a.test.js::hangs': 'timeout' },
    },
  },
  {
    // Node's runner passes events on between turns of the event loop: a loop hides its own test.
    name: 'a test that hangs before its process can say so',
    files: {
      'package.json': manifest('node --test'),
      'test/a.test.js': "import test from 'node:test';\ntest('hangs', () => { for (;;); });\n",
    },
    timeoutMs: 5000,
    expected: { outcome: 'timed-out', tests: { 'test/a.test.js': 'timeout' } },
  },
];
