// The file verbs: bytes in, bytes out, and never a way out of the sandbox.
import assert from 'node:assert/strict';
import {
  mkdtemp,
  mkdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
  stat,
  chmod,
  lstat,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import { type SandboxBehaviour, behaviour, inSandbox, python, shell, text } from './behaviour.ts';

/** Runs a body with a throw-away host folder outside every sandbox. */
async function withHostFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'swemint-outside-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const knownError = (error: unknown): boolean => error instanceof SwemintError;

export const fileBehaviours: readonly SandboxBehaviour[] = [
  behaviour(
    'reads what the base holds and what commands wrote',
    inSandbox(async (sandbox) => {
      assert.equal(text(await sandbox.read('repo/hello.txt')), 'hello\n');
      await sandbox.exec({ argv: shell('echo new >repo/new.txt; echo changed >repo/hello.txt') });
      assert.equal(text(await sandbox.read('repo/new.txt')), 'new\n');
      assert.equal(text(await sandbox.read(`${sandbox.root}/repo/hello.txt`)), 'changed\n');
    }),
  ),
  behaviour(
    'commands see what was written, even where they had looked before',
    inSandbox(async (sandbox) => {
      const look = { argv: shell('cat repo/later/file.txt repo/hello.txt') };
      await sandbox.exec(look);
      await sandbox.write('repo/later/file.txt', 'later\n');
      await sandbox.write('repo/hello.txt', 'replaced, and longer than before\n');
      assert.equal((await sandbox.exec(look)).stdout, 'later\nreplaced, and longer than before\n');
      await sandbox.write('repo/hello.txt', 'x');
      assert.equal((await sandbox.exec(look)).stdout, 'later\nx');
    }),
  ),
  behaviour(
    'writes bytes, empty files and names of any script',
    inSandbox(async (sandbox) => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
      await sandbox.write('repo/bytes.bin', bytes);
      assert.deepEqual(new Uint8Array(await sandbox.read('repo/bytes.bin')), bytes);
      await sandbox.write('repo/empty', '');
      assert.equal((await sandbox.read('repo/empty')).length, 0);
      await sandbox.write('repo/naïve 文件 🧪.txt', 'ü');
      const { stdout } = await sandbox.exec({ argv: ['cat', 'repo/naïve 文件 🧪.txt'] });
      assert.equal(stdout, 'ü');
    }),
  ),
  behaviour(
    'a missing file is the known error no-such-file',
    inSandbox(async (sandbox) => {
      for (const path of ['repo/none', 'none/none', 'repo', 'repo/hello.txt/x']) {
        await assert.rejects(
          sandbox.read(path),
          (error) => error instanceof SwemintError && error.code === 'no-such-file',
          path,
        );
      }
    }),
  ),
  behaviour(
    'reads deleted files as missing',
    inSandbox(async (sandbox) => {
      await sandbox.exec({ argv: shell('rm repo/hello.txt; rm -r repo/package') });
      await assert.rejects(sandbox.read('repo/hello.txt'), knownError);
      await assert.rejects(sandbox.read('repo/package/one.txt'), knownError);
      await sandbox.write('repo/package/one.txt', 'again\n');
      const { stdout } = await sandbox.exec({ argv: shell('cat repo/package/*; ls repo/package') });
      assert.equal(stdout, 'again\none.txt\n');
    }),
  ),
  behaviour(
    'never follows a link out when reading',
    inSandbox(async (sandbox) => {
      await withHostFolder(async (folder) => {
        await writeFile(join(folder, 'secret'), 'secret');
        await sandbox.exec({
          argv: shell(
            `ln -s ${folder}/secret repo/file; ln -s ${folder} repo/folder; ln -s / repo/all`,
          ),
        });
        for (const path of ['repo/file', 'repo/folder/secret', `repo/all${folder}/secret`]) {
          const read = await sandbox.read(path).then(text, () => 'refused');
          assert.notEqual(read, 'secret', path);
        }
      });
    }),
  ),
  behaviour(
    'never follows a link out when writing',
    inSandbox(async (sandbox) => {
      await withHostFolder(async (folder) => {
        await writeFile(join(folder, 'target'), 'untouched');
        await sandbox.exec({
          argv: shell(
            `ln -s ${folder}/target repo/file; ln -s ${folder} repo/folder; ln -s ../../../../../../../..${folder} repo/dots`,
          ),
        });
        for (const path of [
          'repo/file',
          'repo/folder/target',
          'repo/folder/new',
          'repo/dots/new',
        ]) {
          await sandbox.write(path, 'overwritten').catch(() => undefined);
        }
        await sandbox.upload(join(folder, 'target'), 'repo/folder/copy').catch(() => undefined);
        assert.equal(await readFile(join(folder, 'target'), 'utf8'), 'untouched');
        await assert.rejects(stat(join(folder, 'new')));
        await assert.rejects(stat(join(folder, 'copy')));
      });
    }),
    ['filesystem'],
  ),
  behaviour(
    'follows links that stay inside',
    inSandbox(async (sandbox) => {
      await sandbox.exec({
        argv: shell(
          `ln -s package repo/alias; ln -s ${sandbox.root}/repo/hello.txt repo/abs; ln -s loop repo/loop`,
        ),
      });
      assert.equal(text(await sandbox.read('repo/alias/one.txt')), 'one\n');
      assert.equal(text(await sandbox.read('repo/alias/../hello.txt')), 'hello\n');
      assert.equal(text(await sandbox.read('repo/abs')), 'hello\n');
      await assert.rejects(sandbox.read('repo/loop'), knownError);
    }),
  ),
  behaviour(
    'does not wait on a pipe or read a device',
    inSandbox(async (sandbox) => {
      await sandbox.exec({ argv: shell('mkfifo repo/pipe; ln -s /dev/zero repo/zero') });
      for (const path of ['repo/pipe', 'repo/zero']) {
        await assert.rejects(sandbox.read(path), knownError, path);
        await assert.rejects(sandbox.write(path, 'x'), knownError, path);
      }
    }),
  ),
  behaviour(
    'uploads files and folders with modes and links',
    inSandbox(async (sandbox) => {
      await withHostFolder(async (folder) => {
        await mkdir(join(folder, 'tree/sub'), { recursive: true });
        await writeFile(join(folder, 'tree/run.sh'), '#!/bin/sh\necho ran\n');
        await chmod(join(folder, 'tree/run.sh'), 0o755);
        await writeFile(join(folder, 'tree/sub/empty'), '');
        await symlink('run.sh', join(folder, 'tree/link'));
        await sandbox.upload(join(folder, 'tree'), 'repo/uploaded');
        await sandbox.upload(join(folder, 'tree/run.sh'), 'tools/run.sh');
        const { stdout } = await sandbox.exec({
          argv: shell(
            'repo/uploaded/link; tools/run.sh; ls repo/uploaded/sub; readlink repo/uploaded/link',
          ),
        });
        assert.equal(stdout, 'ran\nran\nempty\nrun.sh\n');
        await assert.rejects(sandbox.upload(join(folder, 'none'), 'repo/x'), knownError);
      });
    }),
  ),
  behaviour(
    'downloads files and folders; links stay links and lose their power',
    inSandbox(async (sandbox) => {
      await withHostFolder(async (folder) => {
        await writeFile(join(folder, 'secret'), 'secret');
        await sandbox.exec({
          argv: shell(
            `mkdir -p out/sub; echo data >out/sub/file; ln -s ${folder}/secret out/escape; chmod 4755 out/sub/file; mkfifo out/pipe`,
          ),
        });
        await sandbox.download('out', join(folder, 'got'));
        assert.equal(await readFile(join(folder, 'got/sub/file'), 'utf8'), 'data\n');
        assert.equal((await stat(join(folder, 'got/sub/file'))).mode & 0o7777, 0o755);
        assert.equal(await readlink(join(folder, 'got/escape')), join(folder, 'secret'));
        await assert.rejects(lstat(join(folder, 'got/pipe')));
        await sandbox.download('repo/hello.txt', join(folder, 'hello'));
        assert.equal(await readFile(join(folder, 'hello'), 'utf8'), 'hello\n');
        await assert.rejects(sandbox.download('out/none', join(folder, 'none')), knownError);
      });
    }),
  ),
  behaviour(
    'reads and writes the private temporary folder',
    inSandbox(async (sandbox) => {
      await sandbox.write('/tmp/in.txt', 'in');
      await sandbox.exec({
        argv: shell('cat /tmp/in.txt >/tmp/out.txt; echo -out >>/tmp/out.txt'),
      });
      assert.equal(text(await sandbox.read('/tmp/out.txt')), 'in-out\n');
    }),
    ['filesystem'],
  ),
  behaviour(
    'survives links that change while it walks',
    inSandbox(async (sandbox) => {
      await withHostFolder(async (folder) => {
        await writeFile(join(folder, 'target'), 'untouched');
        const flip = [
          'import os, time',
          'end = time.time() + 1.5',
          'while time.time() < end:',
          '  try:',
          `    os.mkdir("repo/race"); os.rmdir("repo/race"); os.symlink(${JSON.stringify(folder)}, "repo/race"); os.unlink("repo/race")`,
          '  except OSError:',
          '    os.system("rm -rf repo/race")',
        ].join('\n');
        const racing = sandbox.exec({ argv: python(flip) });
        const end = Date.now() + 1200;
        while (Date.now() < end) {
          await sandbox.write('repo/race/target', 'overwritten').catch(() => undefined);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await racing;
        assert.equal(await readFile(join(folder, 'target'), 'utf8'), 'untouched');
      });
    }),
    ['filesystem'],
  ),
];
