// Finds and ends what a command started, on machines without process namespaces.
import { readFileSync, readdirSync } from 'node:fs';
import { childrenOf } from './usage.ts';

/** Variable whose value marks every process of one command, since children inherit it. */
export const MARK = 'SWEMINT_COMMAND';

/**
 * Kills descendants of `pid`, its process group and whoever carries the mark, until none is found.
 * A program that leaves its group, its parents and its variables at once gets away.
 */
export function killStrays(pid: number, mark: string): void {
  const rounds = 20;
  for (let round = 0; round < rounds; round += 1) {
    const found = [...descendants(pid), ...marked(mark)].filter((each) => each !== process.pid);
    for (const each of [-pid, ...found]) {
      try {
        process.kill(each, 'SIGKILL');
      } catch {
        // Gone already.
      }
    }
    if (found.length === 0) return;
  }
}

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

function marked(mark: string): number[] {
  const wanted = `${MARK}=${mark}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        if (readFileSync(`/proc/${name}/stat`, 'utf8').includes(') Z ')) return false;
        return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(wanted);
      } catch {
        return false; // Not ours to look at, or gone.
      }
    })
    .map(Number);
}
