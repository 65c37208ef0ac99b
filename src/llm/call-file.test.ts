// The file of paid calls survives kills, and says when it is no such file.
import { appendFile, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaidCall } from '../core/schema/model.ts';
import { openCallFile } from './call-file.ts';
import { openLedger } from './ledger.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-calls-'));
  path = join(folder, 'deep/calls.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const paid = (hash: string, usable = true): PaidCall => ({
  version: 1,
  hash,
  model: 'm',
  at: '2026-01-01T00:00:00.000Z',
  stage: 's',
  task: 't',
  usage: { input: 1, cachedInput: 0, cacheWrite: 0, output: 2, reasoning: 0 },
  costUsd: 0.25,
  reply: usable
    ? {
        message: { role: 'assistant', content: `reply to ${hash} ü🧪`, toolCalls: [] },
        finish: 'stop',
        usage: null,
        costUsd: 0.25,
        model: 'm',
        startedAt: '2026-01-01T00:00:00.000Z',
        wallMs: 1,
        attempts: 1,
        cached: false,
        raw: { request: 'x'.repeat(10_000), response: '{"ü": 1}\n' },
      }
    : null,
});

test('reads back what was written, in this sitting and the next', async () => {
  {
    await using file = await openCallFile(path);
    await Promise.all(['a', 'b', 'c'].map((hash) => file.write(paid(hash))));
    await file.write(paid('d', false));
    expect(await file.read('b')).toEqual(paid('b'));
  }
  await using file = await openCallFile(path);
  expect(await file.read('c')).toEqual(paid('c'));
  expect(await file.read('d')).toBeUndefined();
  expect(await file.read('e')).toBeUndefined();
  expect((await openLedger(file)).total()).toMatchObject({ calls: 4, costUsd: 1 });
  expect((await stat(path)).size).toBeLessThan(5000);
});

test('a line torn at any place is left out, and the file goes on', async () => {
  {
    await using file = await openCallFile(path);
    await file.write(paid('a'));
    await file.write(paid('b'));
  }
  const whole = (await stat(path)).size;
  for (const cut of [1, 2, 100, 400]) {
    await truncate(path, whole - cut);
    const copy = join(folder, `copy-${cut}.jsonl`);
    await writeFile(copy, await import('node:fs/promises').then((fs) => fs.readFile(path)));
    {
      await using file = await openCallFile(copy);
      expect(await file.read('a')).toEqual(paid('a'));
      await file.write(paid('c'));
      expect(await file.read('c')).toEqual(paid('c'));
    }
    await using again = await openCallFile(copy);
    expect(await again.read('a')).toEqual(paid('a'));
    expect(await again.read('c')).toEqual(paid('c'));
  }
});

test('another kind of file is refused and left alone', async () => {
  const other = join(folder, 'notes.txt');
  await writeFile(other, 'dear diary\n');
  await expect(openCallFile(other)).rejects.toMatchObject({ code: 'bad-call-file' });
  await appendFile(other, 'more\n');
  expect((await stat(other)).size).toBe(16);
});
