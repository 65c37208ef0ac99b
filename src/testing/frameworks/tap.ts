// What files that print TAP, or nothing, must be reported as.
import type { FrameworkCase } from './framework-case.ts';

const tape = `
const test = require('tape');
test('one', (t) => { t.equal(1, 1); t.end(); });
test('one', (t) => { t.equal(1, 1, 'with # hash'); t.end(); });
test('assertion # é', (t) => { t.equal(1, 2); t.ok(true); t.end(); });
test('nested', (t) => { t.test('inner', (st) => { st.ok(1); st.end(); }); t.end(); });
test('short', (t) => { t.plan(2); t.ok(1); t.end(); });
test('slow', { timeout: 50 }, (t) => { setTimeout(() => t.end(), 500).unref(); });
test('later', { todo: true }, (t) => { t.ok(false); t.end(); });
test('noise', (t) => { console.log('  ok then'); console.log('not okay'); t.ok(1, 'tests 4'); t.end(); });
`;

/** As node-tap and node:test print: blocks that are indented, each closed by its own line. */
const nested = `
console.log(\`TAP version 14
# Subtest: outer
    ok 1 - bare
    # Subtest: deep
        not ok 1 - bad
          ---
          found: 1
          ok: ok 1 - not a test
          ...
        1..1
    not ok 2 - deep # time=3.1ms
    1..2
not ok 1 - outer # time=4ms
# Subtest: fine
    ok 1 - yes
    1..1
ok 2 - fine # time=1ms
ok 3 - left out # SKIP
1..3\`);
process.exitCode = 1;
`;

const manifest = JSON.stringify({ scripts: { test: "nyc tape 'test/**/*.js'" } });

export const tapCases: readonly FrameworkCase[] = [
  {
    name: 'flat, nested and no TAP at all',
    files: {
      'package.json': manifest,
      'test/nested.js': nested,
      'test/plain.js': "require('assert').equal(1, 1);\n",
      'test/wrong.js': "require('assert').equal(1, 2);\n",
      'test/broken.js': "require('./nowhere');\n",
    },
    expected: {
      outcome: 'completed',
      tests: {
        'test/nested.js::outer > deep': 'assertion',
        'test/nested.js::outer': 'assertion',
        'test/nested.js::fine': 'passed',
        'test/nested.js::left out': 'skipped',
        'test/plain.js': 'passed',
        'test/wrong.js': 'assertion',
      },
      collectionErrors: ['test/broken.js'],
    },
  },
  {
    name: 'a script that hangs while its test runs',
    files: {
      'package.json': JSON.stringify({ scripts: { test: 'node test.js' } }),
      'test.js': "console.log('# first\\nok 1 yes\\n# hangs');\nsetInterval(() => {}, 1000);\n",
    },
    timeoutMs: 5000,
    expected: {
      outcome: 'timed-out',
      tests: { 'test.js::first': 'passed', 'test.js::hangs': 'timeout' },
    },
  },
];

/** These need the package `tape`. */
export const tapeCases: readonly FrameworkCase[] = [
  {
    name: 'every outcome',
    files: {
      'package.json': manifest,
      'test/tape.js': tape,
      'test/crash.js': `
const test = require('tape');
test('fine', (t) => { t.ok(1); t.end(); });
test('crashes', (t) => { t.ok(1); null.x; });
test('never', (t) => { t.ok(1); t.end(); });
`,
    },
    expected: {
      outcome: 'completed',
      tests: {
        'test/tape.js::one': 'passed',
        'test/tape.js::one#2': 'passed',
        'test/tape.js::assertion # é': 'assertion',
        'test/tape.js::nested': 'passed',
        'test/tape.js::inner': 'passed',
        'test/tape.js::short': 'error',
        'test/tape.js::slow': 'timeout',
        'test/tape.js::later': 'passed',
        'test/tape.js::noise': 'passed',
        'test/crash.js::fine': 'passed',
        'test/crash.js::crashes': 'error',
      },
    },
  },
  {
    name: 'selected files',
    files: {
      'package.json': manifest,
      'test/a.js': "require('tape')('a', (t) => { t.end(); });\n",
      'test/b.js': "require('tape')('b', (t) => { t.end(); });\n",
    },
    selection: { tests: ['test/b.js::b'] },
    expected: { outcome: 'completed', tests: { 'test/b.js::b': 'passed' } },
  },
];
