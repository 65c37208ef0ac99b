import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExecResult } from '../core/sandbox.ts';
import { suiteRun } from '../core/schema/index.ts';
import { parseReport } from './report.ts';

const exited = (exitCode: number, more: Partial<ExecResult> = {}): ExecResult => ({
  outcome: 'exited',
  exitCode,
  signal: null,
  stdout: '',
  stderr: '',
  truncated: false,
  wallMs: 5,
  cpuMs: null,
  ...more,
});
const lines = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const start = { type: 'start', framework: 'x', version: '1' };
const begin = (id: string) => ({ type: 'test-start', id });
const result = (id: string, status: string, more: object = {}) => ({
  type: 'test',
  id,
  file: 'f',
  status,
  ms: 1,
  ...more,
});
const end = (exit: number) => ({ type: 'end', exit });

test('a whole report is a completed run', () => {
  const report = lines(start, begin('f::a'), result('f::a', 'passed'), end(0));
  const run = parseReport(report, exited(0));
  expect(run.outcome).toBe('completed');
  expect(run.results).toEqual([{ id: 'f::a', file: 'f', status: 'passed', durationMs: 1 }]);
});

test('a cut last line and lines of others are no lines', () => {
  const report = `garbage\n[1]\n${lines(start, result('f::a', 'passed'))}{"type":"test","id":"f::b`;
  const run = parseReport(report, exited(0));
  expect(run.outcome).toBe('interrupted');
  expect(run.results.map(({ id }) => id)).toEqual(['f::a']);
});

test('the test that ran at the end is labelled by how the end came', () => {
  const report = lines(start, result('f::a', 'passed'), begin('f::b'));
  const cut = parseReport(report, exited(0, { outcome: 'timed-out', exitCode: null }));
  expect(cut.outcome).toBe('timed-out');
  expect(cut.results.at(-1)).toMatchObject({ id: 'f::b', file: 'f', kind: 'timeout' });
  const died = parseReport(report, exited(0, { outcome: 'signaled', exitCode: null }));
  expect(died.outcome).toBe('interrupted');
  expect(died.results.at(-1)).toMatchObject({ status: 'failed', kind: 'crash' });
});

test.each([
  ['passed, then failed', ['passed', 'failed']],
  ['failed, then passed', ['failed', 'passed']],
])('%s: the worst stands', (_, statuses) => {
  const report = lines(start, ...statuses.map((status) => result('f::a', status)), end(1));
  expect(parseReport(report, exited(1)).results).toMatchObject([{ status: 'failed' }]);
});

test('a forged end does not complete a run', () => {
  const forged = lines(start, result('f::a', 'passed'), begin('f::b'), end(0));
  expect(parseReport(forged, exited(0)).outcome).toBe('interrupted');
  const twice = lines(start, result('f::a', 'passed'), end(0), result('f::b', 'failed'), end(1));
  const run = parseReport(twice, exited(1));
  expect(run.outcome).toBe('interrupted');
  expect(run.results).toHaveLength(2);
});

test('an exit code that contradicts a green report is not believed', () => {
  const report = lines(start, result('f::a', 'passed'), end(0));
  expect(parseReport(report, exited(3)).outcome).toBe('interrupted');
  const broken = lines(start, { type: 'collection-error', file: 'f', message: 'm' }, end(1));
  expect(parseReport(broken, exited(1))).toMatchObject({
    outcome: 'completed',
    collectionErrors: [{ file: 'f', message: 'm' }],
  });
});

test('nothing seen is no report', () => {
  expect(parseReport(undefined, exited(0)).outcome).toBe('no-report');
  expect(parseReport(lines(start, end(0)), exited(0)).outcome).toBe('no-report');
});

test('messages lose escapes, NUL and their middle; ids stay one distinct line', () => {
  const message = `\u001b[31mred\u001b[0m\u0000 ${'x'.repeat(100_000)} end\ud800`;
  const report = lines(start, result('f::a\nb', 'failed', { kind: 'assertion', message }), end(1));
  const [only] = parseReport(report, exited(1)).results;
  expect(only?.id).toBe(String.raw`f::a\nb`);
  expect(only?.message).toMatch(/^red x/);
  expect(only?.message).toMatch(/ end\ufffd$/);
  expect(only?.message?.length).toBeLessThan(4200);
});

test('a report of parts without results leaves no test running', () => {
  const report = lines(
    start,
    begin('f'),
    { type: 'group', id: 'f' },
    result('f::a', 'passed'),
    end(0),
  );
  expect(parseReport(report, exited(0))).toMatchObject({ outcome: 'completed' });
});

test('any text at all gives a valid run, and never more passes than lines that say so', () => {
  const record = fc.oneof(
    fc.record({ type: fc.constantFrom('test', 'end', 'test-start', 'group'), id: fc.string() }),
    fc.constantFrom(result('f::a', 'passed'), result('f::a', 'failed'), end(0), begin('f::a')),
    fc.jsonValue(),
  );
  const text = fc.array(
    fc.oneof(
      record.map((value) => JSON.stringify(value)),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 2 }), (parts, code) => {
      const run = parseReport(parts.join('\n'), exited(code));
      suiteRun.parse(run);
      const failed = parts.includes(JSON.stringify(result('f::a', 'failed')));
      if (failed) expect(run.results.find(({ id }) => id === 'f::a')?.status).toBe('failed');
    }),
  );
});

test('a file without tests explains a bad exit code and is no file that cannot be loaded', () => {
  const report = lines(start, result('f::a', 'passed'), { type: 'empty-file', file: 'h' }, end(1));
  const run = parseReport(report, exited(1));
  expect(run).toMatchObject({ outcome: 'completed', collectionErrors: [] });
  expect(run.results).toHaveLength(1);
});
