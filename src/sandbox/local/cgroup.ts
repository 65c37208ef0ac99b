// Control groups, version 1 and 2: memory, process count and CPU time of everything a command starts.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readMounts } from './mounts.ts';

/** One set of groups that a single command uses at a time, and the next one after it. */
export interface Cgroup {
  /** True when the kernel bounds memory here. */
  readonly boundsMemory: boolean;
  /** Files that a process writes itself into. */
  readonly joins: readonly string[];
  /**
   * Sets limits; null lifts one. False when files of earlier commands already fill so much of the
   * memory that a fresh group is needed.
   */
  limit(limits: { memoryBytes: number | null; processes: number | null }): boolean;
  /** CPU time used so far, milliseconds. */
  cpuMs(): number | null;
  /** How often the kernel killed for memory so far. */
  memoryKills(): number;
  /** Waits a moment for the kernel where it must; what still stays, the next process sweeps. */
  remove(): Promise<void>;
}

/** Our own processes around a command: nsenter, unshare and its process 1. */
export const LAUNCHERS = 3;

// Memory of files that earlier commands left counts against the next one.
const LEFT_OVER = 0.25;

const REMOVE_ROUNDS = 50;
const REMOVE_PAUSE_MS = 10;

type Controller = 'memory' | 'pids' | 'cpuacct';

export interface CgroupTree {
  version: 1 | 2;
  /** The folder of each controller in which we may make groups. */
  folders: Partial<Record<Controller, string>>;
}

/** Finds where this process may make groups; null when nowhere. Tries for real. */
export function findCgroups(): CgroupTree | null {
  const own = new Map<string, string>();
  for (const line of readText('/proc/self/cgroup').split('\n')) {
    const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (names === undefined || path === undefined) continue;
    for (const name of names.split(',')) own.set(name, path);
  }
  const mounts = readMounts();
  const folders: Partial<Record<Controller, string>> = {};
  for (const controller of ['memory', 'pids', 'cpuacct'] as const) {
    const mount = mounts.find(
      (candidate) => candidate.type === 'cgroup' && candidate.superOptions.includes(controller),
    );
    if (!mount) continue;
    const folder = [own.get(controller) ?? '/', '/']
      .map((path) => join(mount.target, path))
      .find((path) => existsSync(path) && canMakeGroup(path, []));
    if (folder !== undefined) folders[controller] = folder;
  }
  if (folders.memory !== undefined || folders.pids !== undefined) return { version: 1, folders };
  const unified = mounts.find((candidate) => candidate.type === 'cgroup2');
  if (!unified) return null;
  const path = own.get('') ?? '/';
  const folder = [path, join(path, '..'), '/']
    .map((candidate) => join(unified.target, candidate))
    .find(
      (candidate) => existsSync(candidate) && canMakeGroup(candidate, ['memory.max', 'pids.max']),
    );
  if (folder === undefined) return null;
  return { version: 2, folders: { memory: folder, pids: folder, cpuacct: folder } };
}

function canMakeGroup(folder: string, files: readonly string[]): boolean {
  const group = join(folder, `${groupPrefix()}-probe`);
  try {
    mkdirSync(group);
  } catch {
    return false;
  }
  const complete = files.every((file) => existsSync(join(group, file)));
  rmdirSync(group);
  return complete;
}

// The start time makes the name safe against a process id that is used again.
function groupPrefix(): string {
  return `swemint-${process.pid}-${startTime(process.pid) ?? 0}`;
}

/** Clock tick at which a process started; null when there is no such process. */
export function startTime(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === '') return null;
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** Removes groups whose driver is gone (killed before it could clean up). */
export function removeStaleGroups(tree: CgroupTree): void {
  for (const folder of new Set(Object.values(tree.folders))) {
    for (const name of readdirSync(folder)) {
      const [, pid, start] = /^swemint-(\d+)-(\d+)-/.exec(name) ?? [];
      if (pid === undefined || startTime(Number(pid)) === start) continue;
      removeGroup(join(folder, name));
    }
  }
}

let serial = 0;

/** Makes one set of groups. */
export function makeCgroup(tree: CgroupTree): Cgroup {
  serial += 1;
  const name = `${groupPrefix()}-${serial}`;
  const { memory, pids, cpuacct } = Object.fromEntries(
    Object.entries(tree.folders).map(([controller, folder]) => [controller, join(folder, name)]),
  ) as CgroupTree['folders'];
  const groups = [...new Set([memory, pids, cpuacct].filter((group) => group !== undefined))];
  for (const group of groups) mkdirSync(group);
  const two = tree.version === 2;
  return {
    boundsMemory: memory !== undefined,
    joins: groups.map((group) => join(group, 'cgroup.procs')),
    limit: ({ memoryBytes, processes }) => {
      if (memory !== undefined) {
        const usage = join(memory, two ? 'memory.current' : 'memory.usage_in_bytes');
        if (memoryBytes !== null && Number(readText(usage)) > memoryBytes * LEFT_OVER) return false;
        const value = memoryBytes === null ? (two ? 'max' : '-1') : String(memoryBytes);
        const file = join(memory, two ? 'memory.max' : 'memory.limit_in_bytes');
        writeFileSync(file, value);
        if (two && existsSync(join(memory, 'memory.swap.max'))) {
          writeFileSync(join(memory, 'memory.swap.max'), memoryBytes === null ? 'max' : '0');
        }
      }
      if (pids !== undefined) {
        const most = processes === null ? 'max' : String(processes + LAUNCHERS);
        writeFileSync(join(pids, 'pids.max'), most);
      }
      return true;
    },
    cpuMs: () => {
      if (cpuacct === undefined) return null;
      if (!two) return Number(readText(join(cpuacct, 'cpuacct.usage'))) / 1e6;
      const [, usage] = /^usage_usec (\d+)/m.exec(readText(join(cpuacct, 'cpu.stat'))) ?? [];
      return usage === undefined ? null : Number(usage) / 1e3;
    },
    memoryKills: () => {
      if (memory === undefined) return 0;
      const text = readText(join(memory, two ? 'memory.events' : 'memory.oom_control'));
      return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0);
    },
    remove: async () => {
      for (let round = 0; round < REMOVE_ROUNDS; round += 1) {
        if (groups.map(removeGroup).every(Boolean)) return;
        await setTimeout(REMOVE_PAUSE_MS);
      }
    },
  };
}

/** False while the kernel still counts a process that has just ended. */
function removeGroup(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
