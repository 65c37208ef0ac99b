import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { afterAll, expect, test } from 'vitest';
import { unpackArchive } from './archive.ts';
import { fresh, scratch } from './fixtures/git-repository.ts';

afterAll(() => rmSync(scratch, { recursive: true }));

interface Entry {
  path: string;
  text?: string;
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link';
  linkpath?: string;
  mode?: number;
}

function archive(entries: readonly Entry[]): string {
  const blocks = entries.flatMap(({ path, text = '', type = 'File', linkpath, mode = 0o644 }) => {
    const block = Buffer.alloc(512);
    const size = Buffer.byteLength(text);
    new Header({
      path,
      size,
      type,
      mode,
      mtime: new Date(0),
      ...(linkpath ? { linkpath } : {}),
    }).encode(block);
    const body = Buffer.alloc(Math.ceil(size / 512) * 512);
    body.write(text);
    return [block, body];
  });
  const file = `${fresh()}.tar.gz`;
  mkdirSync(scratch, { recursive: true });
  writeFileSync(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return file;
}

test('files land without the top folder, with plain modes', async () => {
  const into = fresh();
  await unpackArchive(
    archive([
      { path: 'top/', type: 'Directory', mode: 0o555 },
      { path: 'top/a/b.py', text: 'x = 1\r\n', mode: 0o400 },
      { path: 'top/run.sh', text: '#!/bin/sh\n', mode: 0o700 },
      { path: 'top/.git/config', text: '[core]\n' },
    ]),
    into,
  );
  expect(readdirSync(into, { recursive: true }).map(String).sort()).toEqual([
    'a',
    'a/b.py',
    'run.sh',
  ]);
  expect(readFileSync(join(into, 'a/b.py'), 'utf8')).toBe('x = 1\r\n');
  expect(lstatSync(join(into, 'a/b.py')).mode & 0o777).toBe(0o644);
  expect(lstatSync(join(into, 'run.sh')).mode & 0o777).toBe(0o755);
});

test('nothing lands outside', async () => {
  const parent = fresh();
  const into = join(parent, 'into');
  const outside = join(parent, 'outside');
  mkdirSync(outside, { recursive: true });
  await unpackArchive(
    archive([
      { path: 'top/../../evil.py', text: 'x' },
      { path: `top/${outside}/absolute.py`, text: 'x' },
      { path: 'top/door', type: 'SymbolicLink', linkpath: outside },
      { path: 'top/door/through.py', text: 'x' },
      { path: 'top/hard', type: 'Link', linkpath: '/etc/passwd' },
      { path: 'top/fine.py', text: 'x' },
    ]),
    into,
  );
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(parent).sort()).toEqual(['into', 'outside']);
  expect(existsSync(join(into, 'hard'))).toBe(false);
  expect(existsSync(join(into, 'fine.py'))).toBe(true);
});

test('a missing, foreign or cut archive is a known error', async () => {
  const foreign = fresh();
  mkdirSync(scratch, { recursive: true });
  writeFileSync(foreign, gzipSync('not a tar'.repeat(200)));
  const cut = archive([{ path: 'top/a.py', text: 'x'.repeat(5_000) }]);
  writeFileSync(cut, readFileSync(cut).subarray(0, 100));
  for (const file of [join(scratch, 'missing.tar.gz'), foreign, cut]) {
    await expect(unpackArchive(file, fresh())).rejects.toMatchObject({ code: 'bad-archive' });
  }
});
