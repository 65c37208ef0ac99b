import {
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Header } from 'tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packFolder } from './pack.ts';
import { treeState } from './tree-state.ts';
import { openUnpacking } from './unpack.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-unpack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Entry {
  path: string;
  type: 'File' | 'SymbolicLink' | 'Link';
  linkpath?: string;
  mode?: number;
  content?: string;
}

/** An archive as no honest program would write it. */
function archive(entries: readonly Entry[]): Readable {
  const blocks = entries.flatMap(({ content = '', ...fields }) => {
    const block = Buffer.alloc(512);
    const header = new Header({ mode: 0o644, size: content.length, ...fields });
    header.encode(block);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return [block, body];
  });
  return Readable.from([...blocks, Buffer.alloc(1024)]);
}

async function unpack(entries: readonly Entry[]): Promise<void> {
  const unpacking = await openUnpacking(join(folder, 'in'));
  await pipeline(archive(entries), unpacking.stream).catch(() => undefined);
  await unpacking.done;
}

test('a folder arrives as it left: modes, links, odd names', async () => {
  const from = join(folder, 'from');
  await mkdir(join(from, 'sub'), { recursive: true });
  await writeFile(join(from, 'sub/run.sh'), 'x', { mode: 0o755 });
  await writeFile(join(from, 'naïve \n 🧪'), '');
  await symlink('/usr/bin/python3', join(from, 'python'));
  await symlink('../../outside', join(from, 'up'));
  await using packing = await packFolder(from, { owner: { user: 65534, group: 65534 } });
  const unpacking = await openUnpacking(join(folder, 'in'));
  await pipeline(packing.stream, unpacking.stream);
  await Promise.all([packing.done, unpacking.done]);
  expect((await lstat(join(folder, 'in/sub/run.sh'))).mode & 0o7777).toBe(0o755);
  expect(await readFile(join(folder, 'in/naïve \n 🧪'), 'utf8')).toBe('');
  expect(await readlink(join(folder, 'in/python'))).toBe('/usr/bin/python3');
  expect(await readlink(join(folder, 'in/up'))).toBe('../../outside');
});

test('a small folder that nobody reads at once is not lost', async () => {
  await mkdir(join(folder, 'from'));
  await writeFile(join(folder, 'from/file'), 'x');
  await using packing = await packFolder(join(folder, 'from'));
  await packing.done;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const unpacking = await openUnpacking(join(folder, 'in'));
  await pipeline(packing.stream, unpacking.stream);
  await unpacking.done;
  expect(await readFile(join(folder, 'in/file'), 'utf8')).toBe('x');
});

test('set-user-id bits do not arrive', async () => {
  await unpack([{ path: 'tool', type: 'File', mode: 0o4755, content: 'x' }]);
  expect((await lstat(join(folder, 'in/tool'))).mode & 0o7777).toBe(0o755);
});

test.each([
  ['a path upwards', [{ path: '../outside', type: 'File', content: 'x' }]],
  [
    'a file through a link of the same archive',
    [
      { path: 'link', type: 'SymbolicLink', linkpath: '..' },
      { path: 'link/outside', type: 'File', content: 'x' },
    ],
  ],
  ['a link upwards', [{ path: 'a/../../outside', type: 'SymbolicLink', linkpath: 'x' }]],
  ['a hard link upwards', [{ path: 'outside', type: 'Link', linkpath: '../secret' }]],
] as [string, Entry[]][])('%s leads nowhere', async (_name, entries) => {
  await writeFile(join(folder, 'secret'), 'secret');
  await unpack(entries).catch(() => undefined);
  await expect(lstat(join(folder, 'outside'))).rejects.toThrow('ENOENT');
  const inside = await readFile(join(folder, 'in/outside'), 'utf8').catch(() => '');
  expect(inside).not.toBe('secret');
});

test('a link that was there before is not walked through', async () => {
  await mkdir(join(folder, 'in'));
  await mkdir(join(folder, 'target'));
  await symlink('../target', join(folder, 'in/link'));
  await unpack([{ path: 'link/file', type: 'File', content: 'x' }]).catch(() => undefined);
  await unpack([{ path: 'link/other', type: 'SymbolicLink', linkpath: 'x' }]).catch(
    () => undefined,
  );
  await expect(lstat(join(folder, 'target/file'))).rejects.toThrow('ENOENT');
  await expect(lstat(join(folder, 'target/other'))).rejects.toThrow('ENOENT');
});

test('a state changes with every change, and only then', async () => {
  const file = join(folder, 'sub/file');
  await mkdir(join(folder, 'sub'));
  await writeFile(file, 'one');
  const first = treeState(folder);
  expect(treeState(folder)).toBe(first);
  await writeFile(file, 'two');
  const second = treeState(folder);
  expect(second).not.toBe(first);
  await rm(file);
  expect(treeState(folder)).not.toBe(second);
});
