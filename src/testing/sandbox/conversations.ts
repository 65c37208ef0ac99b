// Long-lived programs: lines in, lines out, and a clean end.
import assert from 'node:assert/strict';
import { type SandboxBehaviour, behaviour, inSandbox, shell } from './behaviour.ts';

const next = async (lines: AsyncIterable<string>): Promise<string | undefined> => {
  for await (const line of lines) return line;
  return undefined;
};

export const conversationBehaviours: readonly SandboxBehaviour[] = [
  behaviour(
    'a spawned program answers line by line',
    inSandbox(async (sandbox) => {
      await using program = await sandbox.spawn({
        argv: shell('while read -r line; do echo "got $line"; done; echo bye'),
      });
      for (let round = 0; round < 20; round += 1) {
        await program.write(`wörd ${round}\n`);
        assert.equal(await next(program.lines), `got wörd ${round}`);
      }
    }),
  ),
  behaviour(
    'a spawned program that ends by itself reports how',
    inSandbox(async (sandbox) => {
      await using program = await sandbox.spawn({ argv: shell('echo one; printf two; exit 3') });
      assert.equal(await next(program.lines), 'one');
      assert.equal(await next(program.lines), 'two');
      assert.equal(await next(program.lines), undefined);
      const result = await program.exited;
      assert.equal(result.exitCode, 3);
    }),
  ),
  behaviour(
    'killing a spawned program ends what it started',
    inSandbox(async (sandbox) => {
      const program = await sandbox.spawn({
        argv: shell('setsid sleep 60 & echo ready; sleep 60'),
      });
      assert.equal(await next(program.lines), 'ready');
      const before = performance.now();
      await program.kill();
      assert.ok(performance.now() - before < 10_000);
      assert.equal((await program.exited).outcome, 'aborted');
      assert.equal(await next(program.lines), undefined);
      await program.kill();
    }),
  ),
  behaviour(
    'a spawned program and commands share the files',
    inSandbox(async (sandbox) => {
      await using program = await sandbox.spawn({
        argv: shell('while read -r path; do cat "$path"; done'),
      });
      await sandbox.write('repo/fresh.txt', 'fresh\n');
      await program.write('repo/fresh.txt\n');
      assert.equal(await next(program.lines), 'fresh');
      await sandbox.exec({ argv: shell('echo changed >repo/fresh.txt') });
      await program.write('repo/fresh.txt\n');
      assert.equal(await next(program.lines), 'changed');
    }),
  ),
  behaviour(
    'limits hold for spawned programs',
    inSandbox(async (sandbox) => {
      await using program = await sandbox.spawn({
        argv: ['sleep', '60'],
        limits: { timeoutMs: 300 },
      });
      assert.equal((await program.exited).outcome, 'timed-out');
    }),
  ),
  behaviour(
    'disposing a sandbox ends its spawned programs',
    async (open) => {
      await inSandbox(async (sandbox, base) => {
        const other = await open({ base });
        const program = await other.spawn({ argv: shell('echo ready; sleep 60') });
        assert.equal(await next(program.lines), 'ready');
        await other[Symbol.asyncDispose]();
        assert.equal((await program.exited).exitCode, null);
        assert.equal((await sandbox.exec({ argv: ['true'] })).exitCode, 0);
      })(open);
    },
    ['filesystem'],
  ),
];
