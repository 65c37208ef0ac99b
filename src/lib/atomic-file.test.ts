import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAtomicFile, writeAtomic } from './atomic-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-atomic-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a committed file holds everything, in order', async () => {
  const path = join(folder, 'a');
  const lines = Array.from(
    { length: 20_000 },
    (_, index) => `line ${index} of a file that outgrows its buffer\n`,
  );
  {
    await using file = await openAtomicFile(path);
    for (const line of lines) await file.write(line);
    await file.commit();
  }
  expect(await readFile(path, 'utf8')).toBe(lines.join(''));
  expect(await readdir(folder)).toEqual(['a']);
});

test('what is not committed leaves the old file and no trace', async () => {
  const path = join(folder, 'a');
  await writeAtomic(path, 'old');
  const failing = async () => {
    await using file = await openAtomicFile(path);
    await file.write('new');
    throw new Error('stop');
  };
  await expect(failing()).rejects.toThrow('stop');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a']);
});
