// Limits: what goes over one ends as a recorded outcome and leaves nothing behind.
import assert from 'node:assert/strict';
import { type SandboxBehaviour, behaviour, inSandbox, python, shell } from './behaviour.ts';

const MEBIBYTE = 1024 * 1024;
const STILL_WELL = { argv: shell('echo well; cat repo/hello.txt') };

export const limitBehaviours: readonly SandboxBehaviour[] = [
  behaviour(
    'a time limit ends a command, and its output so far is kept',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell('echo begun; sleep 60'),
        limits: { timeoutMs: 400 },
      });
      assert.equal(result.outcome, 'timed-out');
      assert.equal(result.exitCode, null);
      assert.equal(result.stdout, 'begun\n');
      assert.ok(result.wallMs < 10_000);
    }),
  ),
  behaviour(
    'a time limit ends a command that ignores every signal',
    inSandbox(async (sandbox) => {
      const program =
        'import signal, time\nfor n in range(1, 65):\n  try: signal.signal(n, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nwhile True: time.sleep(1)';
      const result = await sandbox.exec({ argv: python(program), limits: { timeoutMs: 800 } });
      assert.equal(result.outcome, 'timed-out');
      assert.ok(result.wallMs < 10_000);
    }),
  ),
  behaviour(
    'a time limit ends grandchildren and daemons that left the session',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell(
          '(setsid sh -c "(while :; do date +%s%N >repo/beat; sleep 0.05; done) &" </dev/null >/dev/null 2>&1 &); sleep 60',
        ),
        limits: { timeoutMs: 600 },
      });
      assert.equal(result.outcome, 'timed-out');
      await assertStill(sandbox);
    }),
  ),
  behaviour(
    'a command that ends takes its background programs along',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell(
          'setsid sh -c "while :; do date +%s%N >repo/beat; sleep 0.05; done" >/dev/null 2>&1 & sleep 0.3; echo done',
        ),
      });
      assert.equal(result.stdout, 'done\n');
      await assertStill(sandbox);
    }),
  ),
  behaviour(
    'a background program that holds the output does not hold up the end',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: shell('sleep 60 & echo done') });
      assert.equal(result.outcome, 'exited');
      assert.equal(result.stdout, 'done\n');
      assert.ok(result.wallMs < 10_000);
    }),
  ),
  behaviour(
    'an abort ends a running command as data',
    inSandbox(async (sandbox) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 200);
      const result = await sandbox.exec({ argv: ['sleep', '60'], signal: controller.signal });
      assert.equal(result.outcome, 'aborted');
      assert.ok(result.wallMs < 10_000);
    }),
  ),
  behaviour(
    'endless output is cut at the limit',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({ argv: ['yes'], limits: { outputBytes: 1 * MEBIBYTE } });
      assert.equal(result.outcome, 'output-limit');
      assert.equal(result.truncated, true);
      assert.ok(result.stdout.startsWith('y\ny\n'));
      assert.ok(result.stdout.length <= 1 * MEBIBYTE);
    }),
  ),
  behaviour(
    'endless error output is cut as well',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell('yes >&2'),
        limits: { outputBytes: 100_000 },
      });
      assert.equal(result.outcome, 'output-limit');
      assert.ok(result.stderr.length <= 100_000);
    }),
  ),
  behaviour(
    'a CPU limit ends a busy loop before its time limit',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell('while :; do :; done'),
        limits: { cpuMs: 400, timeoutMs: 60_000 },
      });
      assert.equal(result.outcome, 'timed-out');
      assert.ok(result.wallMs < 20_000);
    }),
  ),
  behaviour(
    'a memory hog ends as out-of-memory',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: python('b = []\nwhile True: b.append(bytearray(8 << 20))'),
        limits: { memoryBytes: 128 * MEBIBYTE, timeoutMs: 60_000 },
      });
      assert.equal(result.outcome, 'out-of-memory');
      assert.equal((await sandbox.exec(STILL_WELL)).stdout, 'well\nhello\n');
    }),
    ['memory'],
  ),
  behaviour(
    'memory counts for the tree, not for each process',
    inSandbox(async (sandbox) => {
      const hog = 'python3 -c "b = bytearray(60 << 20); import time; time.sleep(3)"';
      const result = await sandbox.exec({
        argv: shell(`${hog} & ${hog} & ${hog} & wait; echo survived; exit 1`),
        limits: { memoryBytes: 128 * MEBIBYTE, timeoutMs: 30_000 },
      });
      assert.ok(['out-of-memory', 'timed-out'].includes(result.outcome), result.outcome);
      assert.ok(result.outcome === 'out-of-memory' || result.stdout === '');
    }),
    ['memory'],
  ),
  behaviour(
    'a fork bomb is contained',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell('bomb() { bomb | bomb & }; bomb; sleep 60'),
        limits: { processes: 64, timeoutMs: 1500, memoryBytes: 512 * MEBIBYTE },
      });
      assert.notEqual(result.exitCode, 0);
      assert.equal((await sandbox.exec(STILL_WELL)).stdout, 'well\nhello\n');
    }),
    ['processes'],
  ),
  behaviour(
    'a process limit holds for threads too',
    inSandbox(async (sandbox) => {
      const program =
        'import threading, time\nn = 0\ntry:\n  while n < 200:\n    threading.Thread(target=time.sleep, args=(5,), daemon=True).start(); n += 1\nexcept RuntimeError: pass\nprint(n, flush=True)\nimport os; os._exit(0)';
      const result = await sandbox.exec({ argv: python(program), limits: { processes: 40 } });
      assert.ok(Number(result.stdout) < 40 && Number(result.stdout) > 5, result.stdout);
    }),
    ['processes'],
  ),
  behaviour(
    'a full disk is an error of the program, not of the machine',
    inSandbox(
      async (sandbox) => {
        for (const target of ['repo/big', '/tmp/big']) {
          const result = await sandbox.exec({
            argv: ['dd', 'if=/dev/zero', `of=${target}`, 'bs=1M', 'count=200'],
            limits: { timeoutMs: 30_000, memoryBytes: 1024 * MEBIBYTE },
          });
          assert.notEqual(result.exitCode, 0, target);
        }
        await sandbox.restore();
        assert.equal((await sandbox.exec(STILL_WELL)).stdout, 'well\nhello\n');
      },
      { limits: { diskBytes: 32 * MEBIBYTE } },
    ),
    ['filesystem'],
  ),
  behaviour(
    'millions of tiny files do not exhaust the host',
    inSandbox(
      async (sandbox) => {
        const program =
          'import os\nn = 0\ntry:\n  while n < 400000:\n    os.close(os.open(f"/tmp/{n}", os.O_CREAT)); n += 1\nexcept OSError as e: print(type(e).__name__)';
        const result = await sandbox.exec({ argv: python(program), limits: { timeoutMs: 60_000 } });
        assert.equal(result.stdout, 'OSError\n');
      },
      { limits: { diskBytes: 16 * MEBIBYTE } },
    ),
    ['filesystem'],
  ),
  behaviour(
    'files that earlier commands left do not count against a small memory limit',
    inSandbox(async (sandbox) => {
      const fill = { argv: shell('head -c 100000000 /dev/zero >"$TMPDIR/large"') };
      assert.equal((await sandbox.exec(fill)).exitCode, 0);
      const small = { argv: ['echo', 'fits'], limits: { memoryBytes: 48 * MEBIBYTE } };
      assert.equal((await sandbox.exec(small)).stdout, 'fits\n');
    }),
  ),
  behaviour(
    'limits of one command do not reach the next',
    inSandbox(async (sandbox) => {
      await sandbox.exec({ argv: ['true'], limits: { memoryBytes: 16 * MEBIBYTE, processes: 8 } });
      const result = await sandbox.exec({ argv: python('print(len(bytearray(64 << 20)))') });
      assert.equal(result.stdout.trim(), String(64 * MEBIBYTE));
    }),
  ),
];

/** Nothing may go on beating once its command is over. */
async function assertStill(sandbox: { read(path: string): Promise<Uint8Array> }): Promise<void> {
  const beat = async (): Promise<string> => Buffer.from(await sandbox.read('repo/beat')).toString();
  const first = await beat();
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(await beat(), first, 'a background program outlived its command');
}
