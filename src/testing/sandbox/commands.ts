// Running a command: arguments, streams, variables, folders, exit codes, signals.
import assert from 'node:assert/strict';
import { type SandboxBehaviour, behaviour, inSandbox, python, shell } from './behaviour.ts';
import { SwemintError } from '../../core/errors.ts';

const MEBIBYTE = 1024 * 1024;

export const commandBehaviours: readonly SandboxBehaviour[] = [
  behaviour(
    'passes arguments untouched, without a shell',
    inSandbox(async (sandbox) => {
      const odd = [
        'a b',
        '$HOME',
        '*',
        "it's",
        '"q"',
        '',
        'new\nline',
        '--flag',
        '\\',
        'ünïcödé 🧪',
      ];
      const result = await sandbox.exec({ argv: ['printf', '[%s]', ...odd] });
      assert.equal(result.stdout, odd.map((word) => `[${word}]`).join(''));
      assert.equal(result.outcome, 'exited');
      assert.equal(result.exitCode, 0);
      assert.equal(result.signal, null);
    }),
  ),
  behaviour(
    'keeps standard output and standard error apart',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: shell('echo out; echo err >&2') });
      assert.equal(result.stdout, 'out\n');
      assert.equal(result.stderr, 'err\n');
      assert.equal(result.truncated, false);
    }),
  ),
  behaviour(
    'decodes output as UTF-8, replacing what is not',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: ['printf', 'a\\377b\\303\\244'] });
      assert.equal(result.stdout, 'a\uFFFDbä');
    }),
  ),
  behaviour(
    'reports every exit code as data',
    inSandbox(async (sandbox) => {
      for (const code of [0, 1, 2, 3, 126, 127, 128, 137, 139, 255]) {
        const result = await sandbox.exec({ argv: shell(`exit ${code}`) });
        assert.equal(result.outcome, 'exited', `exit ${code}`);
        assert.equal(result.exitCode, code);
      }
    }),
  ),
  behaviour(
    'names the signal that ended a command',
    inSandbox(async (sandbox) => {
      for (const name of ['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT', 'SIGHUP', 'SIGINT']) {
        const result = await sandbox.exec({ argv: shell(`kill -${name.slice(3)} $$; sleep 5`) });
        assert.equal(result.outcome, 'signaled', name);
        assert.equal(result.signal, name);
        assert.equal(result.exitCode, null);
      }
    }),
  ),
  behaviour(
    'a missing program is exit code 127, not an exception',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: ['no-such-program-here'] });
      assert.equal(result.outcome, 'exited');
      assert.equal(result.exitCode, 127);
    }),
  ),
  behaviour(
    'a file that cannot be executed is exit code 126',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: ['./repo/hello.txt'] });
      assert.equal(result.exitCode, 126);
    }),
  ),
  behaviour(
    'starts in the root by default and in any folder on request',
    inSandbox(async (sandbox) => {
      const at = async (cwd?: string): Promise<string> =>
        (
          await sandbox.exec({ argv: ['pwd'], ...(cwd === undefined ? {} : { cwd }) })
        ).stdout.trim();
      assert.equal(await at(), sandbox.root);
      assert.equal(await at('repo/package'), `${sandbox.root}/repo/package`);
      assert.equal(await at(`${sandbox.root}/repo`), `${sandbox.root}/repo`);
      assert.equal(await at('/'), '/');
    }),
  ),
  behaviour(
    'a missing working folder is a known error',
    inSandbox(async (sandbox) => {
      await assert.rejects(
        sandbox.exec({ argv: ['true'], cwd: 'nowhere' }),
        (error) => error instanceof SwemintError && error.code === 'no-such-file',
      );
    }),
  ),
  behaviour('does not inherit the host environment', async (open) => {
    process.env['SWEMINT_CONFORMANCE_SECRET'] = 'secret';
    try {
      await inSandbox(async (sandbox) => {
        const { stdout } = await sandbox.exec({ argv: ['env'] });
        assert.ok(!stdout.includes('SWEMINT_CONFORMANCE_SECRET'));
        for (const name of ['PATH=', 'HOME=', 'LANG=C.UTF-8', 'TZ=UTC', 'TMPDIR=/']) {
          assert.ok(
            stdout.split('\n').some((line) => line.startsWith(name)),
            name,
          );
        }
      })(open);
    } finally {
      delete process.env['SWEMINT_CONFORMANCE_SECRET'];
    }
  }),
  behaviour(
    'gives variables of the sandbox, and the command wins over them',
    inSandbox(
      async (sandbox) => {
        const env = { TWO: "command's\n$x", 'odd.name': '1' };
        const own = await sandbox.exec({ argv: shell('printf "%s|%s" "$ONE" "$TWO"'), env });
        assert.equal(own.stdout, "sandbox|command's\n$x");
        const all = await sandbox.exec({ argv: ['env'], env });
        assert.ok(all.stdout.split('\n').includes('odd.name=1'));
      },
      { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ONE: 'sandbox', TWO: 'sandbox' } },
    ),
  ),
  behaviour(
    'a home folder that can be written',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: shell('echo x >"$HOME/.rc" && cat "$HOME/.rc"') });
      assert.equal(result.stdout, 'x\n');
    }),
  ),
  behaviour(
    'standard input is empty unless given',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: ['cat'] });
      assert.equal(result.stdout, '');
      assert.equal(result.exitCode, 0);
    }),
  ),
  behaviour(
    'feeds text and bytes to standard input',
    inSandbox(async (sandbox) => {
      assert.equal((await sandbox.exec({ argv: ['cat'], stdin: 'größe\n' })).stdout, 'größe\n');
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const { stdout } = await sandbox.exec({ argv: ['od', '-An', '-tu1', '-v'], stdin: bytes });
      assert.deepEqual(stdout.trim().split(/\s+/).map(Number), [...bytes]);
    }),
  ),
  behaviour(
    'takes large standard input and gives large output back',
    inSandbox(async (sandbox) => {
      const size = 8 * MEBIBYTE;
      const result = await sandbox.exec({ argv: ['cat'], stdin: 'x'.repeat(size) });
      assert.equal(result.stdout.length, size);
      assert.equal(result.truncated, false);
    }),
  ),
  behaviour(
    'a program need not read its input',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: ['true'], stdin: 'x'.repeat(4 * MEBIBYTE) });
      assert.equal(result.exitCode, 0);
    }),
  ),
  behaviour(
    'streams can be reopened by their names in /dev',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell('cat /dev/stdin >/dev/stdout; echo err >/dev/stderr; echo null >/dev/null'),
        stdin: 'in',
      });
      assert.deepEqual([result.stdout, result.stderr, result.exitCode], ['in', 'err\n', 0]);
    }),
  ),
  behaviour(
    'no descriptor of the host leaks in',
    inSandbox(async (sandbox) => {
      const program =
        'import os\nfor n in sorted(map(int, os.listdir("/proc/self/fd"))):\n' +
        '  try:\n    p = os.readlink(f"/proc/self/fd/{n}")\n  except OSError: continue\n' +
        '  if n > 2 and p != "/dev/null": print(n, p)';
      assert.equal((await sandbox.exec({ argv: python(program) })).stdout, '');
    }),
  ),
  behaviour(
    'measures wall and CPU time of the whole tree',
    inSandbox(async (sandbox) => {
      const burn = 'import time\nwhile time.process_time() < 0.3: pass';
      const result = await sandbox.exec({
        argv: shell(`python3 -c '${burn}' & wait; sleep 0.1`),
      });
      assert.ok(result.wallMs >= 300, `${result.wallMs}`);
      if (result.cpuMs !== null) assert.ok(result.cpuMs >= 250, `${result.cpuMs}`);
    }),
  ),
  behaviour(
    'runs many commands at once without mixing them up',
    inSandbox(async (sandbox) => {
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          sandbox.exec({ argv: shell(`cat; echo ${index}`), stdin: `${index}:` }),
        ),
      );
      assert.deepEqual(
        results.map((result) => result.stdout),
        results.map((_, index) => `${index}:${index}\n`),
      );
    }),
  ),
  behaviour(
    'handles interrupts like a terminal program would',
    inSandbox(async (sandbox) => {
      const program =
        'import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN)';
      assert.equal((await sandbox.exec({ argv: python(program) })).stdout, 'True True\n');
      const child =
        'python3 -c "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"';
      assert.equal((await sandbox.exec({ argv: shell(child) })).stdout, 'True\n');
    }),
  ),
  behaviour(
    'too long a command line is a known error',
    inSandbox(async (sandbox) => {
      await assert.rejects(
        sandbox.exec({ argv: ['true', 'x'.repeat(8 * MEBIBYTE)] }),
        (error) => error instanceof SwemintError,
      );
      assert.equal((await sandbox.exec({ argv: ['true'] })).exitCode, 0);
    }),
  ),
];
