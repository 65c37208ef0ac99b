import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Candidate, Verdict } from '../core/schema/index.ts';
import type { CandidateRecord } from '../core/store.ts';
import { openSqliteStore, readStoreMeta } from './sqlite.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-store-'));
  file = join(folder, 'run.sqlite');
});
afterEach(() => rm(folder, { recursive: true }));

const candidate = (id: string): Candidate => ({
  id,
  strategy: 'procedural',
  mutator: 'func_pm_op_swap',
  entity: {
    id: 'e',
    path: 'a.py',
    name: 'f',
    kind: 'function',
    startLine: 1,
    endLine: 2,
    complexity: 3,
    signature: 'def f(a, b)',
  },
  language: 'python',
  patch: `patch of ${id} — ünïcode`,
  added: 1,
  removed: 1,
  explanation: 'swapped',
});
const kept = (candidateId: string): Verdict => ({
  status: 'kept',
  candidateId,
  runs: [],
  failToPass: [{ id: 't', kind: 'assertion' }],
  failToFail: [],
  passToFail: [],
  unlabelled: [],
  failureOutput: '',
});
const summary = { entities: 1, duplicates: 0, skippedFiles: {}, cpuMs: 1 };
const ids = async (records: AsyncIterable<CandidateRecord>) =>
  (await Array.fromAsync(records)).map((record) => record.candidate.id);

test('candidates keep their order and pages hide nothing', async () => {
  const names = Array.from({ length: 1234 }, (_, index) => `c${index}`);
  await using store = openSqliteStore({ file });
  await store.writeCandidates('r', names.map(candidate), () => summary);
  expect(await ids(store.listCandidates('r'))).toEqual(names);
  expect(await store.readGeneration('r')).toEqual(summary);
});

test('a verdict takes its candidate out of the queue, also after reopening', async () => {
  {
    await using store = openSqliteStore({ file });
    await store.writeCandidates('r', ['a', 'b', 'c'].map(candidate), () => summary);
    await store.writeVerdict('r', kept('b'));
  }
  await using store = openSqliteStore({ file });
  const open = await store.listUnjudged('r', -1, 10);
  expect(open.map((record) => record.candidate.id)).toEqual(['a', 'c']);
  expect(await store.listUnjudged('r', 0, 10)).toHaveLength(1);
  expect(await store.countCandidates('r')).toEqual({ total: 3, judged: 1, kept: 1 });
});

test('generation that fails half-way is not taken for finished', async () => {
  await using store = openSqliteStore({ file });
  async function* failing() {
    yield candidate('a');
    throw new Error('stop');
  }
  await expect(store.writeCandidates('r', failing(), () => summary)).rejects.toThrow('stop');
  expect(await store.readGeneration('r')).toBeUndefined();
  await store.writeCandidates('r', [candidate('z')], () => summary);
  expect(await ids(store.listCandidates('r'))).toEqual(['z']);
});

test('blobs come back as they went in', async () => {
  await using store = openSqliteStore({ file });
  const hash = await store.writeBlob('a log\u0000 with ünïcode');
  expect(await store.writeBlob('a log\u0000 with ünïcode')).toBe(hash);
  expect(await store.readBlob(hash)).toBe('a log\u0000 with ünïcode');
  expect(await store.readBlob('none')).toBeUndefined();
});

test('a run with other settings is refused and told apart', async () => {
  await openSqliteStore({ file, settings: '{"seed":24}' })[Symbol.asyncDispose]();
  expect(readStoreMeta(file)).toMatchObject({
    settings: '{"seed":24}',
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(() => openSqliteStore({ file, settings: '{"seed":25}' })).toThrow(
    expect.objectContaining({
      code: 'run-differs',
      message: expect.stringContaining('seed was 24, now 25'),
    }),
  );
});

test('a file that is no ledger, and one of another version, are refused', async () => {
  await writeFile(
    file,
    'this is not a database, it is a text that is long enough to be read as one',
  );
  expect(() => openSqliteStore({ file })).toThrow(expect.objectContaining({ code: 'not-a-run' }));
  const other = join(folder, 'other.sqlite');
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(other);
  database.exec(
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT); INSERT INTO meta VALUES ('version', '99')",
  );
  database.close();
  expect(() => openSqliteStore({ file: other })).toThrow(
    expect.objectContaining({ code: 'run-version', message: expect.stringContaining('99') }),
  );
  expect(() => openSqliteStore({ file: join(folder, 'absent.sqlite'), readOnly: true })).toThrow(
    expect.objectContaining({ code: 'not-a-run' }),
  );
});

test('notes belong to an environment, audits to a repository', async () => {
  const audit = { sampled: 20, sampledKept: 4, disagreements: [], rejudged: 0, cpuMs: null };
  await using store = openSqliteStore({ file });
  await store.writeNote('digest', 'recording', '{"a":1}');
  await store.writeNote('digest', 'recording', '{"a":2}');
  await store.writeAudit('r', audit);
  expect(await store.readNote('digest', 'recording')).toBe('{"a":2}');
  expect(await store.readNote('other', 'recording')).toBeUndefined();
  expect(await store.readAudit('r')).toEqual(audit);
});
