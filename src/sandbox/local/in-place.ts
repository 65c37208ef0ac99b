// The last resort: commands run in the base itself, without namespaces, and a full copy undoes what they did.
import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import type { Command, Sandbox, SandboxOptions } from '../../core/sandbox.ts';
import { runProgram } from '../../lib/process.ts';
import { openConversation, type Running } from '../command/conversation.ts';
import { commandEnvironment } from '../command/environment.ts';
import { sandboxFiles } from './files.ts';
import { effectiveLimits } from '../command/limits.ts';
import { PIPE_NAMES } from './pipes.ts';
import { copyBack, copyFolder, releasePristine, takePristine } from './pristine.ts';
import type { Machine } from './probe.ts';
import { startCommand, type LaunchPlan } from './running.ts';
import { scripts } from './scripts.ts';
import { openSlots } from './slots.ts';
import { killStrays, MARK } from './strays.ts';

/** Opens a sandbox that only limits and cleans up. One at a time per base. */
export async function openInPlaceSandbox(
  machine: Pick<Machine, 'cgroups' | 'isolation'>,
  options: SandboxOptions,
): Promise<Sandbox> {
  options.signal?.throwIfAborted();
  const base = realpathSync(options.base);
  const direct = options.access === 'direct';
  const pristine = direct ? null : await takePristine(base);
  const scratch = await mkdtemp(join(tmpdir(), 'swemint-in-place-'));
  const temporary = join(scratch, 'tmp');
  await mkdir(temporary);
  const limits = effectiveLimits(options.limits);
  const live = new Set<Running>();
  const snapshots = new Map<string, string>();

  const slots = openSlots(machine.cgroups, async (serial) => {
    const folder = join(scratch, String(serial));
    await mkdir(folder);
    await runProgram('mkfifo', ['-m', '600', ...PIPE_NAMES.map((name) => join(folder, name))]);
    return folder;
  });

  const start = async (command: Command, conversation: boolean): Promise<Running> => {
    command.signal?.throwIfAborted();
    const bounds = effectiveLimits(options.limits, command.limits);
    const slot = await slots.take(bounds);
    const joins = slot.cgroup?.joins ?? [];
    const mark = randomUUID();
    const home = existsSync(join(base, 'home')) ? join(base, 'home') : temporary;
    const cwd = command.cwd ?? base;
    const kill = (pid: number): void => {
      killStrays(pid, mark);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone already.
      }
    };
    const plan: LaunchPlan = {
      argv: [
        '/bin/sh',
        '-c',
        scripts.launch,
        'swemint',
        String(joins.length),
        ...joins,
        '/bin/sh',
        '-c',
        scripts.init,
        'swemint',
        isAbsolute(cwd) ? cwd : join(base, cwd),
        // A session of its own: else a signal to the process group would reach its launcher.
        'setsid',
        'env',
        '-i',
        `${MARK}=${mark}`,
        ...commandEnvironment(home, { TMPDIR: temporary }, options.env, command.env),
        ...command.argv,
      ],
      slot,
      limits: bounds,
      kill,
      sweep: (pid) => killStrays(pid, mark),
    };
    try {
      const running = startCommand(plan, command, conversation);
      live.add(running);
      const result = running.result.finally(() => {
        live.delete(running);
        slots.giveBack(slot);
      });
      return { ...running, result };
    } catch (error) {
      slots.giveBack(slot);
      throw error;
    }
  };

  const past = (): NonNullable<typeof pristine> => {
    if (pristine) return pristine;
    throw new SwemintError(
      'direct-access',
      'A sandbox with direct access keeps no earlier state.',
      {
        hint: 'Open it with copy-on-write access to freeze and restore.',
      },
    );
  };

  return {
    root: base,
    isolation: machine.isolation,
    exec: async (command) => (await start(command, false)).result,
    spawn: async (command) =>
      openConversation(await start(command, true), limits.outputBytes ?? Number.MAX_SAFE_INTEGER),
    ...sandboxFiles({ root: '/', base, allowed: [base, temporary] }),
    snapshot: async () => {
      const copy = join(past().folder, `snapshot-${snapshots.size + 1}`);
      await copyFolder(base, copy);
      snapshots.set(copy, copy);
      return { id: copy };
    },
    restore: async (snapshot) => {
      const copy = snapshot === undefined ? past().copy : snapshots.get(snapshot.id);
      if (copy === undefined) {
        throw new SwemintError('no-such-snapshot', 'The snapshot belongs to another sandbox.');
      }
      await copyBack(copy, base);
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary);
    },
    [Symbol.asyncDispose]: async () => {
      for (const running of live) running.stop('aborted');
      await Promise.allSettled([...live].map((running) => running.result));
      await slots.close();
      if (pristine) await releasePristine(base, pristine);
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
