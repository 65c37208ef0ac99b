// Reads how a command ended from what its process 1 reported.
import { constants } from 'node:os';
import type { ExecOutcome, ExecResult } from '../../core/sandbox.ts';

export type Ending =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; name: string }
  | { kind: 'no-folder' }
  | { kind: 'unknown' };

// Shells say nothing about these two, whose codes programs hardly ever choose by themselves.
const SILENT_SIGNALS = new Set<number>([constants.signals.SIGINT, constants.signals.SIGPIPE]);

/** Parses what `init.sh` wrote: the shell's word on a fatal signal, if there was one, its times, then `exit CODE`. */
export function parseStatus(text: string): Ending {
  if (text.startsWith('no-folder')) return { kind: 'no-folder' };
  const lines = text.trimEnd().split('\n');
  const code = /^exit (\d+)$/.exec(lines.pop() ?? '')?.[1];
  if (code === undefined) return { kind: 'unknown' };
  while (/^\d+m[\d.]+s \d+m[\d.]+s$/.test(lines.at(-1) ?? '')) lines.pop();
  const number = Number(code) - 128;
  if (number > 0 && (lines.length > 0 || SILENT_SIGNALS.has(number))) {
    const name = signalName(number);
    if (name !== null) return { kind: 'signal', name };
  }
  return { kind: 'exit', code: Number(code) };
}

/** CPU milliseconds of everything process 1 waited for, from what `times` printed; null without it. */
export function parseTimes(text: string): number | null {
  const times = [...text.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length < 4) return null;
  return times
    .slice(-2)
    .reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
      0,
    );
}

/** `SIGKILL` for 9; null for numbers without a name. */
export function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}

/** The outcome: `stopped` is why we ended it, `starved` that the kernel killed for want of memory. */
export function describeEnding(
  ending: Ending,
  stopped: ExecOutcome | undefined,
  starved: boolean,
): Pick<ExecResult, 'outcome' | 'exitCode' | 'signal'> {
  if (stopped !== undefined) return { outcome: stopped, exitCode: null, signal: 'SIGKILL' };
  const killed = ending.kind === 'exit' ? null : ending.kind === 'signal' ? ending.name : 'SIGKILL';
  // The kernel may have killed a child only; then a program that copes with it has not failed.
  if (starved && !(ending.kind === 'exit' && ending.code === 0)) {
    return { outcome: 'out-of-memory', exitCode: null, signal: killed ?? signalName(9) };
  }
  return ending.kind === 'exit'
    ? { outcome: 'exited', exitCode: ending.code, signal: null }
    : { outcome: 'signaled', exitCode: null, signal: killed };
}
