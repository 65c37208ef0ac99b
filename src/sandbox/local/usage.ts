// What a process tree uses, read from /proc: for machines without control groups.
import { readFileSync } from 'node:fs';

const PAGE = 4096;
const TICK_MS = 10;

export interface TreeUsage {
  memoryBytes: number;
  /** Of the processes alive and the children they have waited for. */
  cpuMs: number;
}

/** Sums over `pid` and everything that descends from it. */
export function treeUsage(pid: number): TreeUsage {
  const total: TreeUsage = { memoryBytes: 0, cpuMs: 0 };
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    pending.push(...childrenOf(next));
    try {
      const stat = readFileSync(`/proc/${next}/stat`, 'utf8');
      // After the name, which may hold anything: times are the 12th to 15th field, resident pages the 22nd.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      total.memoryBytes += Number(fields[21] ?? 0) * PAGE;
      for (const index of [11, 12, 13, 14]) total.cpuMs += Number(fields[index] ?? 0) * TICK_MS;
    } catch {
      // Gone between the listing and the reading.
    }
  }
  return total;
}

/** Direct children of a process, as the host counts them. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number);
  } catch {
    return [];
  }
}
