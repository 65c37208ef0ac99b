// Finds and ends what a command started, on machines without process namespaces.
import { readFileSync, readdirSync } from 'node:fs';
import { childrenOf } from './usage.ts';

/** Variable whose value marks every process of one command, since children inherit it. */
export const MARK = 'SWEMINT_COMMAND';

const ROUNDS = 20;
/** How often, and after how many milliseconds, a process that shows no variables is looked at again. */
const LOOKS = 50;
const PAUSE_MS = 2;
const KERNEL_THREAD = 0x00200000;

/** Processes that really have no variables, by number and start. */
const withoutVariables = new Set<string>();

/**
 * Kills descendants of `pid`, its process group and whoever carries the mark, until none is found.
 * A process that just becomes another program shows no variables for a moment: it is looked at again.
 * A program that leaves its group, its parents and its variables at once gets away.
 */
export function killStrays(pid: number, mark: string): void {
  for (let round = 0; round < ROUNDS; round += 1) {
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
  const found: number[] = [];
  let unclear = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (let look = 0; unclear.length > 0 && look < LOOKS; look += 1) {
    if (look > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    unclear = unclear.filter((name) => {
      const variables = variablesOf(name);
      if (variables?.includes(wanted) === true) found.push(Number(name));
      return variables?.length === 0;
    });
  }
  for (const name of unclear) withoutVariables.add(`${name} ${statusOf(name)?.started ?? ''}`);
  return found;
}

/** Undefined where a process has none, is gone or is not ours to look at; empty where that is not clear yet. */
function variablesOf(name: string): string[] | undefined {
  const status = statusOf(name);
  if (status === undefined || withoutVariables.has(`${name} ${status.started}`)) return undefined;
  try {
    const text = readFileSync(`/proc/${name}/environ`, 'utf8');
    return text === '' ? [] : text.split('\0');
  } catch {
    return undefined;
  }
}

/** When a living process started; undefined for kernel threads, and when it is gone. */
function statusOf(name: string): { started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    // After the name, which may hold anything: the state, and further on flags and start.
    const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || (Number(rest[5]) & KERNEL_THREAD) !== 0) return undefined;
    return { started: rest[18] ?? '' };
  } catch {
    return undefined;
  }
}
