// Finds out, once per process and by trying, how well this machine can isolate.
import { mkdtemp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import type { Isolation } from '../../core/sandbox.ts';
import { findCgroups, removeStaleGroups, type CgroupTree } from './cgroup.ts';
import { openNamespaceSandbox } from './namespace.ts';

/** How changes stay private: layers in namespaces, full copies in namespaces, or a copy to put back. */
export type Level = 'overlay' | 'copy' | 'in-place';

export interface Machine {
  level: Level;
  /** True when the power to mount comes from a user namespace, i.e. we are not root. */
  userNamespace: boolean;
  cgroups: CgroupTree | null;
  isolation: Isolation;
}

let probed: Promise<Machine> | undefined;

/** The answer is cached for the life of the process. */
export function probeMachine(): Promise<Machine> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<Machine> {
  if (process.platform !== 'linux') {
    throw new SwemintError('sandbox-unsupported', 'The local sandbox needs Linux.', {
      hint: 'Run swemint on Linux, in a virtual machine or in a container.',
    });
  }
  const cgroups = findCgroups();
  if (cgroups) removeStaleGroups(cgroups);
  const reasons: string[] = [];
  for (const level of ['overlay', 'copy'] as const) {
    const machine = describeMachine(level, cgroups, reasons);
    const failure = await tryNamespaces(machine);
    if (failure === null) return machine;
    reasons.push(failure);
  }
  return describeMachine('in-place', cgroups, reasons);
}

/** The machine at a given level; `reasons` say why it is not a better one. */
export function describeMachine(
  level: Level,
  cgroups: CgroupTree | null,
  reasons: readonly string[],
): Machine {
  const isolated = level !== 'in-place';
  const userNamespace = isolated && process.getuid?.() !== 0;
  const counted = cgroups?.folders.pids !== undefined;
  const warnings = isolated
    ? []
    : [
        `Code from repositories runs without isolation: it can read and write what you can, and use the network. ${reasons.join(' ')}`,
        'Only one sandbox per environment can be open, and restoring copies the whole folder.',
      ];
  if (level === 'copy') {
    warnings.push(
      `Every sandbox holds a full copy of its environment in memory: the overlay does not work here. ${reasons.join(' ')}`,
    );
  }
  if (cgroups?.folders.memory === undefined) {
    warnings.push('Memory is watched, not bounded: no memory control group can be written.');
  }
  if (!counted && !userNamespace) {
    warnings.push('The number of processes is not bounded: no pids control group can be written.');
  }
  return {
    level,
    userNamespace,
    cgroups,
    isolation: {
      summary: [
        isolated
          ? `${userNamespace ? 'user namespaces' : 'namespaces'} + ${level}`
          : 'no namespaces',
        cgroups ? `cgroup v${cgroups.version}` : 'limits by watching',
      ].join(' + '),
      network: isolated,
      filesystem: isolated,
      processes: isolated && (counted || userNamespace),
      memory: true,
      warnings,
    },
  };
}

/** Null when a real command ran in real namespaces over private layers; else why not. */
async function tryNamespaces(machine: Machine): Promise<string | null> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'swemint-probe-')));
  try {
    await mkdir(join(folder, 'lower'));
    await writeFile(join(folder, 'lower/file'), 'below');
    await using sandbox = await openNamespaceSandbox(machine, {
      base: folder,
      access: 'copy-on-write',
      network: false,
      env: {},
    });
    // Replacing a folder needs the overlay's extended attributes, which not every kernel lets us write.
    const { stdout } = await sandbox.exec({
      argv: ['sh', '-c', 'rm -r lower && mkdir lower && echo above >lower/new && ls lower'],
    });
    return stdout === 'new\n' ? null : 'Private layers do not work on this file system.';
  } catch (error) {
    return errorMessage(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
