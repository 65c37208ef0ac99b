// Choosing too few test files loses labels; choosing too many loses only time.
import { expect, test } from 'vitest';
import type { JavascriptRecording, RecordedTestFile } from '../../core/schema/index.ts';
import type { Change } from './change.ts';
import { chooseTestFiles } from './choose.ts';

const testFile = (file: string, parts: Partial<RecordedTestFile>): RecordedTestFile => ({
  file,
  wallMs: 1,
  cpuMs: 1,
  modules: {},
  reads: [],
  opaque: null,
  dependent: null,
  ...parts,
});

const recording = (...files: RecordedTestFile[]): JavascriptRecording => ({
  version: 1,
  framework: 'node-test',
  files,
  sharesProcess: false,
  grouped: null,
  warm: null,
  forked: null,
  cpuMs: null,
});

const body = (own: [number, number], site: [number, number], local = true): Change => ({
  kind: 'body',
  own: [{ start: own[0], end: own[1] }],
  site: { start: site[0], end: site[1] },
  local,
});

const suite = recording(
  testFile('enters', { modules: { 'a.js': { ran: [0, 10, 20, 30, 40, 50], exact: true } } }),
  testFile('loads', { modules: { 'a.js': { ran: [0, 10, 40, 50], exact: true } } }),
  testFile('mapped', { modules: { 'a.js': { ran: [0, 10, 20, 30, 40, 50], exact: false } } }),
  testFile('unknown', { modules: { 'a.js': { ran: null, exact: false } } }),
  testFile('reads', { reads: ['a.js'] }),
  testFile('opaque', { opaque: 'it starts /bin/make' }),
  testFile('elsewhere', { modules: { 'b.js': { ran: [0, 10], exact: true } } }),
);

const chosen = (changes: Change[]) => chooseTestFiles(suite, [{ path: 'a.js', changes }]).files;

test.for([
  [
    'module level',
    [{ kind: 'module' }],
    ['enters', 'loads', 'mapped', 'unknown', 'reads', 'opaque'],
  ],
  [
    'a place that ran',
    [body([20, 40], [22, 25])],
    ['enters', 'mapped', 'unknown', 'reads', 'opaque'],
  ],
  ['a place that never ran', [body([20, 40], [32, 35])], ['mapped', 'unknown', 'reads', 'opaque']],
  [
    'a declaration there',
    [body([20, 40], [32, 35], false)],
    ['enters', 'mapped', 'unknown', 'reads', 'opaque'],
  ],
  [
    'an insertion at the edge',
    [body([20, 40], [30, 30])],
    ['enters', 'mapped', 'unknown', 'reads', 'opaque'],
  ],
  ['the same program', [], ['reads']],
] as [string, Change[], string[]][])('%s', ([, changes, expected]) => {
  expect(chosen(changes)).toEqual(expected);
});

test('a test file that depends on others needs the whole suite', () => {
  const dependent = recording(testFile('x', { reads: ['a.js'], dependent: 'it is order' }));
  const choice = chooseTestFiles(dependent, [{ path: 'a.js', changes: [{ kind: 'module' }] }]);
  expect(choice.needsSuite).toContain('it is order');
});

test('data that nobody was seen reading needs the whole suite', () => {
  expect(chooseTestFiles(suite, [{ path: 'a.json', changes: undefined }]).needsSuite).toBeDefined();
});

test('code that a file reaches only after others needs the whole suite', () => {
  const alone = { 'a.js': { ran: [0, 10], exact: true } };
  const inOrder = { 'a.js': { ran: [0, 10, 20, 30], exact: true } };
  const shared = recording(testFile('x', { modules: alone, inOrder }));
  const change = { path: 'a.js', changes: [body([20, 40], [22, 25])] };
  expect(chooseTestFiles(shared, [change]).needsSuite).toContain('only after');
});
