// Private changes: copy-on-write, restore, snapshots, direct access.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import {
  type SandboxBehaviour,
  behaviour,
  inSandbox,
  makeWorkspace,
  shell,
  text,
} from './behaviour.ts';

const output = async (sandbox: Sandbox, script: string): Promise<string> =>
  (await sandbox.exec({ argv: shell(script) })).stdout;

const LIST = 'find repo -type f | sort | xargs cat; ls -A "$TMPDIR" | grep -v swemint';
const PRISTINE = 'hello\ntwo\none\n';

export const changeBehaviours: readonly SandboxBehaviour[] = [
  behaviour(
    'changes stay between commands',
    inSandbox(async (sandbox) => {
      await output(sandbox, 'echo kept >repo/hello.txt; echo tmp >"$TMPDIR/kept"');
      assert.equal(await output(sandbox, 'cat repo/hello.txt "$TMPDIR/kept"'), 'kept\ntmp\n');
    }),
  ),
  behaviour(
    'the base stays untouched',
    inSandbox(async (sandbox, base) => {
      await output(sandbox, 'echo x >repo/hello.txt; rm -r repo/package; echo y >repo/new');
      assert.equal(await readFile(join(base, 'repo/hello.txt'), 'utf8'), 'hello\n');
      assert.equal(await readFile(join(base, 'repo/package/one.txt'), 'utf8'), 'one\n');
      await assert.rejects(stat(join(base, 'repo/new')));
    }),
    ['filesystem'],
  ),
  behaviour(
    'restore undoes writes, deletions, renames and modes',
    inSandbox(async (sandbox) => {
      // The temporary folder may show the way to the base and to tool chains.
      const atFirst = await output(sandbox, LIST);
      assert.ok(atFirst.startsWith(PRISTINE));
      for (const harm of [
        'echo x >repo/hello.txt; echo y >repo/new',
        'rm -rf repo',
        'rm -rf repo; mkdir repo; echo z >repo/hello.txt',
        'mv repo/package repo/moved; mv repo/hello.txt repo/package',
        'chmod 000 repo/hello.txt repo/package',
        'rm repo/hello.txt; ln -s /etc/passwd repo/hello.txt',
        'echo x >"$TMPDIR/left"; mkdir -p "$TMPDIR/a/b"; chmod 700 "$TMPDIR"',
        'rm -rf ./* ./.??* 2>/dev/null',
        ':',
      ]) {
        await output(sandbox, harm);
        await sandbox.restore();
        assert.equal(await output(sandbox, LIST), atFirst, harm);
      }
    }),
  ),
  behaviour(
    'restore undoes what write() did',
    inSandbox(async (sandbox) => {
      await sandbox.write('repo/hello.txt', 'x');
      await sandbox.write('repo/new', 'x');
      await sandbox.restore();
      assert.equal(text(await sandbox.read('repo/hello.txt')), 'hello\n');
      await assert.rejects(sandbox.read('repo/new'));
    }),
  ),
  behaviour(
    'folders of the base can be renamed, removed and replaced',
    inSandbox(async (sandbox) => {
      assert.equal(
        await output(
          sandbox,
          'mv repo/package repo/moved && cat repo/moved/deep/two.txt && ls repo',
        ),
        'two\nhello.txt\nmoved\n',
      );
      assert.equal(
        await output(
          sandbox,
          'rm -r repo/moved && mkdir -p repo/package/deep && ls -A repo/package/deep',
        ),
        '',
      );
    }),
  ),
  behaviour(
    'two sandboxes over one base do not see each other',
    inSandbox(async (first, base, open) => {
      await using second = await open({ base });
      await output(first, 'echo first >repo/hello.txt; rm -r repo/package; echo 1 >/tmp/mark');
      await output(second, 'echo second >repo/other.txt');
      assert.equal(
        await output(second, 'cat repo/hello.txt repo/package/one.txt; ls /tmp/mark'),
        'hello\none\n',
      );
      assert.equal(await output(first, 'cat repo/hello.txt; ls repo'), 'first\nhello.txt\n');
      await first.restore();
      assert.equal(await output(second, 'cat repo/other.txt'), 'second\n');
    }),
    ['filesystem'],
  ),
  behaviour(
    'snapshots nest, and any of them can be returned to',
    inSandbox(async (sandbox) => {
      await output(sandbox, 'echo 1 >repo/a; rm repo/hello.txt');
      const one = await sandbox.snapshot();
      await output(sandbox, 'echo 2 >repo/a; echo 2 >repo/b; rm -r repo/package');
      const two = await sandbox.snapshot();
      await output(sandbox, 'rm -rf repo');
      await sandbox.restore(two);
      assert.equal(await output(sandbox, 'cat repo/*'), '2\n2\n');
      await sandbox.restore(one);
      assert.equal(
        await output(sandbox, 'cat repo/a repo/package/one.txt; ls repo'),
        '1\none\na\npackage\n',
      );
      await output(sandbox, 'echo 9 >repo/a');
      await sandbox.restore(two);
      assert.equal(await output(sandbox, 'cat repo/*'), '2\n2\n');
      await sandbox.restore();
      assert.equal(await output(sandbox, 'find repo -type f | sort | xargs cat'), PRISTINE);
      await assert.rejects(sandbox.restore({ id: 'of another sandbox' }), SwemintError);
    }),
  ),
  behaviour(
    'work goes on after a snapshot',
    inSandbox(async (sandbox) => {
      await output(sandbox, 'echo 1 >repo/a');
      await sandbox.snapshot();
      assert.equal(await output(sandbox, 'cat repo/a; echo 2 >>repo/a; cat repo/a'), '1\n1\n2\n');
    }),
  ),
  behaviour(
    'direct access changes the base, and keeps no earlier state',
    inSandbox(
      async (sandbox, base) => {
        await output(sandbox, 'echo installed >repo/hello.txt; mkdir venv; echo v >venv/f');
        await sandbox.write('repo/written', 'w');
        assert.equal(await readFile(join(base, 'repo/hello.txt'), 'utf8'), 'installed\n');
        assert.equal(await readFile(join(base, 'venv/f'), 'utf8'), 'v\n');
        assert.equal(await readFile(join(base, 'repo/written'), 'utf8'), 'w');
        await assert.rejects(sandbox.snapshot(), SwemintError);
        await assert.rejects(sandbox.restore(), SwemintError);
      },
      { access: 'direct' },
    ),
  ),
  behaviour(
    'direct access with network protects the rest of the machine all the same',
    inSandbox(
      async (sandbox, base) => {
        const { stdout } = await sandbox.exec({
          argv: shell(
            'echo built >repo/built; echo x >/etc/swemint-was-here; echo x >/tmp/mark; cat repo/built',
          ),
        });
        assert.equal(stdout, 'built\n');
        assert.equal(await readFile(join(base, 'repo/built'), 'utf8'), 'built\n');
        await assert.rejects(stat('/etc/swemint-was-here'));
        await assert.rejects(stat('/tmp/mark'));
      },
      { access: 'direct', network: true },
    ),
    ['filesystem'],
  ),
  behaviour(
    'a second restore is as good as the first, many times over',
    inSandbox(async (sandbox) => {
      for (let round = 0; round < 40; round += 1) {
        assert.equal(await output(sandbox, 'cat repo/hello.txt'), 'hello\n', `round ${round}`);
        await sandbox.write('repo/hello.txt', `round ${round}\n`);
        await sandbox.restore();
      }
    }),
  ),
  behaviour('absolute paths of the base stay true inside', async (open) => {
    await using workspace = await makeWorkspace();
    await using sandbox = await open({ base: workspace.base });
    assert.equal(await output(sandbox, `cat ${sandbox.root}/repo/hello.txt`), 'hello\n');
  }),
];
