// A sandbox made of namespaces: one holder keeps them, every command enters and gets its own process namespace.
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import type { Command, Sandbox, SandboxOptions } from '../../core/sandbox.ts';
import { type Cgroup, LAUNCHERS } from './cgroup.ts';
import { openConversation, type Running } from '../command/conversation.ts';
import { commandEnvironment } from '../command/environment.ts';
import { sandboxFiles } from './files.ts';
import { openHolder } from './holder.ts';
import { killChain } from './kill.ts';
import { openLayers, type LayerStack } from './layers.ts';
import { type EffectiveLimits, effectiveLimits } from '../command/limits.ts';
import { isInside, readMounts } from './mounts.ts';
import { PIPE_NAMES } from './pipes.ts';
import type { Machine } from './probe.ts';
import { startCommand, type LaunchPlan } from './running.ts';
import { scripts } from './scripts.ts';
import { openSlots } from './slots.ts';
import { dirtyFolders } from './temporary.ts';
import {
  LAYERS,
  LOOPBACK,
  LOWER,
  PIPES,
  PRIVATE_FOLDERS,
  renderBind,
  coveredTools,
  renderCopy,
  renderOverlay,
  renderStale,
  renderTemporary,
  renderView,
  STAGE,
} from './view.ts';

/** Opens a sandbox in its own namespaces; throws when the machine does not allow them. */
export async function openNamespaceSandbox(
  machine: Pick<Machine, 'level' | 'userNamespace' | 'cgroups' | 'isolation'>,
  options: SandboxOptions,
): Promise<Sandbox> {
  options.signal?.throwIfAborted();
  const base = realpathSync(options.base);
  if (/[\n]/.test(base)) {
    throw new SwemintError('bad-base', 'A sandbox base must not have a line break in its path.');
  }
  const direct = options.access === 'direct';
  const limits = effectiveLimits(options.limits);
  const diskBytes = limits.diskBytes ?? 1024 ** 4;
  const holder = await openHolder({
    network: options.network,
    userNamespace: machine.userNamespace,
  });
  const root = `/proc/${holder.pid}/root`;
  const layers = openLayers(LAYERS, `${root}${LAYERS}`, LOWER, (folder) =>
    holder.run([`rm -rf -- ${folder}`]),
  );
  const copies = machine.level === 'copy';
  const show = (stack: LayerStack): string[] =>
    copies ? renderCopy(base, stack) : renderOverlay(base, stack, machine.userNamespace);

  const needed = neededPaths(base, options.env['PATH'] ?? '');
  const tools = coveredTools(needed, base);
  try {
    await holder.run(
      renderView({
        base,
        writable: direct,
        network: options.network,
        home: homedir(),
        needed,
        tools,
        diskBytes,
        copies,
        mounts: readMounts(),
      }),
    );
    await holder.run([
      ...(options.network ? [] : [LOOPBACK]),
      ...renderTemporary(PRIVATE_FOLDERS, diskBytes, tools),
      ...(direct ? renderBind(base) : show(layers.restore())),
    ]);
  } catch (error) {
    await holder.close();
    throw error;
  }

  const slots = openSlots(machine.cgroups, async (serial) => {
    const folder = `${PIPES}/${serial}`;
    const names = PIPE_NAMES.map((name) => `${folder}/${name}`).join(' ');
    await holder.run([`mkdir ${folder} && mkfifo -m 600 ${names}`]);
    return `${root}${folder}`;
  });

  const live = new Set<Running>();
  const start = async (command: Command, conversation: boolean): Promise<Running> => {
    command.signal?.throwIfAborted();
    const bounds = effectiveLimits(options.limits, command.limits);
    const slot = await slots.take(bounds);
    const joins = slot.cgroup?.joins ?? [];
    const cwd = command.cwd ?? base;
    const home = existsSync(join(base, 'home')) ? join(base, 'home') : '/tmp';
    const env = commandEnvironment(home, options.env, command.env);
    const plan: LaunchPlan = {
      argv: [
        ...launchWords(joins),
        ...boundWords(bounds, slot.cgroup, copies),
        ...enterWords(holder.pid, options.network, machine.userNamespace),
        ...initWords(isAbsolute(cwd) ? cwd : join(base, cwd)),
        ...env,
        ...command.argv,
      ],
      slot,
      limits: bounds,
      kill: killChain,
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

  const change = async (stack: LayerStack): Promise<void> => {
    const dirty = dirtyFolders(root, [base, ...tools], slots.busy);
    // A base in such a folder goes with it, wherever a hostile rename has put its mount point.
    const gone = dirty.some((folder) => isInside(base, folder)) ? dirty : [base, ...dirty];
    await holder.run([
      ...renderStale(gone),
      ...renderTemporary(dirty, diskBytes, tools),
      ...show(stack),
    ]);
    if (!slots.busy) await layers.sweep();
  };
  const refuseDirect = (): void => {
    if (!direct) return;
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
    ...sandboxFiles({ root, base, allowed: [base, ...PRIVATE_FOLDERS] }),
    snapshot: async () => {
      refuseDirect();
      const { snapshot, stack } = layers.freeze();
      await holder.run([...renderStale([base]), ...show(stack)]);
      return snapshot;
    },
    restore: async (snapshot) => {
      refuseDirect();
      await change(layers.restore(snapshot));
    },
    [Symbol.asyncDispose]: async () => {
      for (const running of live) running.stop('aborted');
      await holder.close();
      await slots.close();
    },
  };
}

// Interpreters that a virtual environment or the search path leads to, wherever they really lie.
function neededPaths(base: string, path: string): string[] {
  const programs = ['venv/bin/python', '.venv/bin/python', 'repo/.venv/bin/python'];
  return [
    process.execPath,
    ...programs.map((program) => join(base, program)),
    ...path.split(':').filter((folder) => folder.startsWith('/')),
  ].flatMap((needed) => (existsSync(needed) ? [needed, realpathSync(needed)] : [needed]));
}

// The chain into a sandbox, link by link; the scripts under `runners/sandbox` say what each does.

function launchWords(joins: readonly string[]): string[] {
  return ['/bin/sh', '-c', scripts.launch, 'swemint', String(joins.length), ...joins];
}

// What the kernel bounds without control groups (processes, per user namespace) and without a
// file system of the right size (each file, where layers are whole copies).
function boundWords(limits: EffectiveLimits, cgroup: Cgroup | null, copies: boolean): string[] {
  const words = [
    ...(cgroup === null && limits.processes !== null
      ? [`--nproc=${limits.processes + LAUNCHERS}`]
      : []),
    ...(copies && limits.diskBytes !== null ? [`--fsize=${limits.diskBytes}`] : []),
  ];
  return words.length === 0 ? [] : ['prlimit', ...words];
}

function enterWords(holder: number, network: boolean, userNamespace: boolean): string[] {
  return [
    'nsenter',
    `--target=${holder}`,
    '--mount',
    '--pid',
    '--uts',
    // The host's own network needs no entering, which only root could do.
    ...(network ? [] : ['--net']),
    ...(userNamespace ? ['--user', '--preserve-credentials'] : []),
    'unshare',
    '--mount',
    '--pid',
    '--ipc',
    '--fork',
    '--kill-child',
    '/bin/sh',
    '-c',
    scripts.enter,
    'swemint',
    STAGE,
  ];
}

function initWords(cwd: string): string[] {
  return ['/bin/sh', '-c', scripts.init, 'swemint', cwd, 'env', '-i'];
}
