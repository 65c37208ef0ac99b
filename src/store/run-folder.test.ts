import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRun, openRunForReading, runPaths } from './run-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-run-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a run is held while it is open and free afterwards', async () => {
  const { lock } = runPaths(folder);
  {
    await using run = await openRun(folder, '{}');
    expect(await readFile(run.paths.lock, 'utf8')).toBe(String(process.pid));
  }
  await expect(readFile(lock)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the lock of a live driver is respected, that of a dead one is taken', async () => {
  const { lock } = runPaths(folder);
  await writeFile(lock, String(process.ppid));
  await expect(openRun(folder, '{}')).rejects.toMatchObject({ code: 'run-busy' });
  await writeFile(lock, '4194303');
  await (await openRun(folder, '{}'))[Symbol.asyncDispose]();
});

test('reading needs a ledger and takes no lock', async () => {
  await expect(openRunForReading(folder)).rejects.toMatchObject({ code: 'not-a-run' });
  await using writer = await openRun(folder, '{"seed":24}');
  await using reader = await openRunForReading(folder);
  expect(reader.settings).toEqual({ seed: 24 });
  expect(await writer.store.listSources()).toEqual(await reader.store.listSources());
});

test('a folder that cannot be made is a known error', async () => {
  await writeFile(join(folder, 'file'), '');
  for (const place of [join(folder, 'file', 'run'), '/proc/swemint/run']) {
    await expect(openRun(place, '{}')).rejects.toMatchObject({ code: 'no-write-permission' });
  }
});
