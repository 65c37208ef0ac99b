// Runs one command in a waiting container and watches over its limits until it is gone.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { SwemintError } from '../../core/errors.ts';
import type { Command, ExecOutcome, ExecResult } from '../../core/sandbox.ts';
import type { Running } from '../command/conversation.ts';
import { describeEnding, type Ending } from '../command/ending.ts';
import type { EffectiveLimits } from '../command/limits.ts';
import { collectOutput } from '../command/output.ts';
import { quote } from '../local/scripts.ts';
import type { Cell } from './cell.ts';
import { demultiplex } from './demultiplex.ts';
import { explainEngineError } from './engine.ts';
import { ignoreGone } from './leftovers.ts';
import { give } from './give.ts';
import { openReportReader, type Report } from './report.ts';
import { watchCpu } from './watch-cpu.ts';

// Node's timers hold no more.
const FOREVER_MS = 2 ** 31 - 1;
const KILLED = 128 + constants.signals.SIGKILL;
const KILL_GRACE_MS = 30_000;

/**
 * Starts the command with `words`: working folder, then variables, program and arguments. In a
 * `conversation` standard input stays open and the caller reads standard output.
 */
export function startInCell(
  cell: Cell,
  words: readonly string[],
  command: Pick<Command, 'stdin' | 'signal'>,
  limits: EffectiveLimits,
  conversation: boolean,
): Running {
  const started = performance.now();
  const mark = `swemint-${randomUUID()}`;
  const limit = limits.outputBytes ?? Number.MAX_SAFE_INTEGER;
  const stdout = collectOutput(limit);
  const stderr = collectOutput(limit);
  const spoken = new PassThrough();
  const reader = openReportReader(mark);
  let stopped: ExecOutcome | undefined;
  let gone = false;
  let killed: Promise<void> = Promise.resolve();
  const stop = (outcome: ExecOutcome): void => {
    if (gone || stopped !== undefined) return;
    stopped = outcome;
    killed = ignoreGone(cell.container.kill()).catch(() => undefined);
    // An engine that cannot end it must not hold us up; removing the container will tell.
    void wait(KILL_GRACE_MS, undefined, { ref: false }).then(() => cell.stream.destroy());
  };

  const takeError = (chunk: Buffer): void => {
    if (!stderr.take(chunk)) stop('output-limit');
  };
  const reading = demultiplex(cell.stream, {
    stdout: (chunk) => {
      if (conversation) return give(spoken, chunk);
      if (!stdout.take(chunk)) stop('output-limit');
      return undefined;
    },
    stderr: (chunk) => takeError(reader.take(chunk)),
  });

  cell.stream.write(`${mark}\n${words.map(quote).join(' ')}\n${mark}\n`);
  if (command.stdin !== undefined) cell.stream.write(command.stdin);
  if (!conversation) cell.stream.end();

  const timer = setTimeout(
    () => stop('timed-out'),
    Math.min(limits.timeoutMs ?? FOREVER_MS, FOREVER_MS),
  );
  const cpu = watchCpu(cell.container, limits, () => stop('timed-out'));
  const onAbort = (): void => stop('aborted');
  command.signal?.addEventListener('abort', onAbort, { once: true });
  if (command.signal?.aborted === true) stop('aborted');

  const finish = async (): Promise<ExecResult> => {
    try {
      await reading;
      takeError(reader.rest());
    } finally {
      gone = true;
      clearTimeout(timer);
      cpu.end();
      command.signal?.removeEventListener('abort', onAbort);
      spoken.end();
      await killed;
    }
    const told = reader.report();
    const report = told ?? (stopped === undefined ? await inspectEnd(cell) : unknownReport);
    // Output may have gone with a last word that was said and not heard.
    const lost = told === undefined && report.ending.kind === 'exit';
    if (stopped === undefined && !report.starved) rejectBroken(report.ending, stderr.text());
    return {
      ...describeEnding(report.ending, stopped, report.starved),
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.truncated || stderr.truncated || lost,
      wallMs: performance.now() - started,
      cpuMs: report.cpuMs ?? cpu.seenMs,
    };
  };
  return { stdin: conversation ? cell.stream : null, stdout: spoken, result: finish(), stop };
}

const unknownReport: Report = { ending: { kind: 'unknown' }, cpuMs: null, starved: false };

/** Where process 1 was killed, or the connection broke before its last word: what the engine knows. */
async function inspectEnd(cell: Cell): Promise<Report> {
  try {
    const settled = cell.container.wait();
    await Promise.race([settled, wait(KILL_GRACE_MS, undefined, { ref: false })]);
    const { State } = await cell.container.inspect();
    if (State.Running) return unknownReport;
    const code = State.ExitCode;
    return {
      ending: code === KILLED ? { kind: 'signal', name: 'SIGKILL' } : { kind: 'exit', code },
      cpuMs: null,
      starved: State.OOMKilled,
    };
  } catch (error) {
    throw explainEngineError(error, 'say how a command ended');
  }
}

function rejectBroken(ending: Ending, stderr: string): void {
  if (ending.kind === 'no-folder') {
    throw new SwemintError('no-such-file', "The command's working folder does not exist.");
  }
  if (ending.kind === 'unknown') {
    throw new SwemintError(
      'sandbox-broken',
      `The sandbox could not run a command: ${stderr.trim().slice(-500) || 'its container broke off'}.`,
    );
  }
}
