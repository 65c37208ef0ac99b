// What mocha must report about a small project of every kind of outcome.
import type { FrameworkCase } from './framework-case.ts';

const outcomes = `
const assert = require('assert');
it('top', () => {});
it('top', () => {});
it('assertion', () => { assert.equal(1, 2); });
it('error', () => { throw new TypeError('x'); });
it('slow', function (done) { this.timeout(50); });
it.skip('skipped', () => {});
it('later');
it('skips itself', function () { this.skip(); });
describe('outer', () => { describe('inner é 🎉', () => { it('one thing', () => {}); }); });
describe('before', () => {
  before(() => { throw new Error('x'); });
  it('one', () => {});
  it('two', () => {});
});
describe('each', () => {
  beforeEach(() => { throw new Error('x'); });
  it('one', () => {});
  it('two', () => {});
});
describe('after each', () => {
  afterEach(() => { throw new Error('x'); });
  it('one', () => {});
  it('two', () => {});
});
describe('after', () => { after(() => { throw new Error('x'); }); it('one', () => {}); });
let runs = 0;
it('again', function () { this.retries(2); if (runs++ < 1) throw new Error('once'); });
`;

const file = 'test/outcomes.js';
const manifest = (script: string): string => JSON.stringify({ scripts: { test: script } });

export const mochaCases: readonly FrameworkCase[] = [
  {
    name: 'every outcome, under a configuration that stops early',
    files: {
      'package.json': manifest('nyc --reporter lcov mocha --reporter dot --bail'),
      '.mocharc.json': JSON.stringify({ bail: true, reporter: 'min' }),
      [file]: outcomes,
    },
    expected: {
      outcome: 'completed',
      tests: {
        [`${file}::top`]: 'passed',
        [`${file}::top#2`]: 'passed',
        [`${file}::assertion`]: 'assertion',
        [`${file}::error`]: 'error',
        [`${file}::slow`]: 'timeout',
        [`${file}::skipped`]: 'skipped',
        [`${file}::later`]: 'skipped',
        [`${file}::skips itself`]: 'skipped',
        [`${file}::outer > inner é 🎉 > one thing`]: 'passed',
        [`${file}::before > one`]: 'error',
        [`${file}::before > two`]: 'error',
        [`${file}::each > one`]: 'error',
        [`${file}::each > two`]: 'error',
        [`${file}::after each > one`]: 'error',
        [`${file}::after each > two`]: 'error',
        [`${file}::after > one`]: 'error',
        [`${file}::again`]: 'passed',
      },
    },
  },
  {
    name: 'selected files, although the configuration names all, and its set-up file',
    files: {
      'package.json': manifest('mocha'),
      '.mocharc.json': JSON.stringify({ spec: 'spec/*.js', file: 'setup.js' }),
      'setup.js': 'global.ready = true;\n',
      'spec/a.js': "it('a', () => {});\n",
      'spec/b.js': "it('b', () => { if (!global.ready) throw new Error('x'); });\n",
    },
    selection: { files: ['spec/b.js'] },
    expected: { outcome: 'completed', tests: { 'spec/b.js::b': 'passed' } },
  },
  {
    name: 'a file that cannot be loaded',
    files: {
      'package.json': manifest('mocha'),
      'test/a.js': "it('a', () => {});\n",
      'test/b.js': "require('./nowhere');\nit('b', () => {});\n",
    },
    expected: { outcome: 'completed', tests: {}, collectionErrors: ['test/b.js'] },
  },
  {
    name: 'a test that hangs',
    files: {
      'package.json': manifest('mocha'),
      'test/a.js': "it('first', () => {});\nit('hangs', () => { for (;;); });\n",
    },
    timeoutMs: 8000,
    expected: {
      outcome: 'timed-out',
      tests: { 'test/a.js::first': 'passed', 'test/a.js::hangs': 'timeout' },
    },
  },
  {
    name: 'a test that ends the process as if all were well',
    files: {
      'package.json': manifest('mocha'),
      'test/a.js': "it('first', () => {});\nit('quits', () => { process.exit(0); });\n",
    },
    expected: {
      outcome: 'interrupted',
      tests: { 'test/a.js::first': 'passed', 'test/a.js::quits': 'crash' },
    },
  },
];
