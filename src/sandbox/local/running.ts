// Starts one command through a chain of launchers and watches over its limits until it is gone.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import type { Command, ExecOutcome, ExecResult } from '../../core/sandbox.ts';
import type { Running } from '../command/conversation.ts';
import { describeEnding, type Ending, parseStatus, parseTimes } from '../command/ending.ts';
import { treeUsage } from './usage.ts';
import type { EffectiveLimits } from '../command/limits.ts';
import { collectOutput } from '../command/output.ts';
import { inheritedDescriptors, openPipes, type Pipes } from './pipes.ts';
import { toolEnvironment } from './scripts.ts';
import type { Slot } from './slots.ts';
import { watchLimits } from './watch.ts';

export interface LaunchPlan {
  /** The host program that ends up as the command, and its arguments. */
  argv: readonly string[];
  slot: Slot;
  limits: EffectiveLimits;
  /** Ends the program started by `argv` and everything below it. */
  kill: (pid: number) => void;
  /** Ends what outlived the command, where process 1 of a namespace does not. */
  sweep?: (pid: number) => void;
}

const STATUS_BYTES = 4096;
const STATUS_DESCRIPTOR = 3;

/**
 * Starts the command. In a `conversation` standard input stays open and the caller reads standard
 * output. The result rejects with `SwemintError` only when the launchers themselves fail.
 */
export function startCommand(
  plan: LaunchPlan,
  command: Pick<Command, 'stdin' | 'signal' | 'argv'>,
  conversation: boolean,
): Running {
  const started = performance.now();
  const { limits, slot } = plan;
  const cgroup = slot.cgroup;
  const cpuBefore = cgroup?.cpuMs() ?? null;
  const killsBefore = cgroup?.memoryKills() ?? 0;
  const cpuUsed = (): number | null => {
    const now = cpuBefore === null ? null : (cgroup?.cpuMs() ?? null);
    return now === null || cpuBefore === null ? null : now - cpuBefore;
  };

  const pipes = openPipes(
    slot.pipes,
    conversation
      ? { kind: 'conversation' }
      : command.stdin === undefined
        ? { kind: 'nothing' }
        : { kind: 'data', data: command.stdin },
  );
  const child = launch(plan.argv, pipes);
  let stopped: ExecOutcome | undefined;
  let gone = false;
  const stop = (outcome: ExecOutcome): void => {
    if (gone || stopped !== undefined) return;
    stopped = outcome;
    if (child.pid !== undefined) plan.kill(child.pid);
  };

  const limit = limits.outputBytes ?? Number.MAX_SAFE_INTEGER;
  const stdout = collectOutput(limit);
  const stderr = collectOutput(limit);
  const status = collectOutput(STATUS_BYTES);
  if (!conversation) {
    pipes.stdout.on('data', (chunk: Buffer) => {
      if (!stdout.take(chunk)) stop('output-limit');
    });
  }
  pipes.stderr.on('data', (chunk: Buffer) => {
    if (!stderr.take(chunk)) stop('output-limit');
  });
  child.stdio[STATUS_DESCRIPTOR]?.on('data', (chunk: Buffer) => {
    status.take(chunk);
  });
  pipes.stdin?.on('error', () => undefined); // A program may end without reading what we send.
  if (conversation && command.stdin !== undefined) pipes.stdin?.write(command.stdin);
  const watch = watchLimits({
    limits,
    cpuMs: cpuBefore === null ? null : cpuUsed,
    memoryBounded: cgroup?.boundsMemory === true,
    usage: () => treeUsage(child.pid ?? process.pid),
    stop,
  });
  const onAbort = (): void => stop('aborted');
  command.signal?.addEventListener('abort', onAbort, { once: true });
  if (command.signal?.aborted === true) stop('aborted');

  const finish = async (): Promise<ExecResult> => {
    try {
      const exited = exitOf(child, command.argv);
      if (plan.sweep) child.once('exit', () => plan.sweep?.(child.pid ?? 0));
      await Promise.all([
        exited,
        endOf(pipes.stderr),
        ...(conversation ? [] : [endOf(pipes.stdout)]),
      ]);
    } finally {
      gone = true;
      watch.end();
      command.signal?.removeEventListener('abort', onAbort);
      pipes.stdin?.destroy();
      if (!conversation) pipes.stdout.destroy();
      pipes.stderr.destroy();
    }
    const reported = parseStatus(status.text());
    // Without namespaces a command can kill its own launcher; then that is how it ended.
    const ending: Ending =
      reported.kind === 'unknown' && child.signalCode !== null
        ? { kind: 'signal', name: child.signalCode }
        : reported;
    const starved = (cgroup?.memoryKills() ?? 0) > killsBefore;
    if (stopped === undefined && !starved) rejectBroken(ending, stderr.text());
    return {
      ...describeEnding(ending, stopped, starved),
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.truncated || stderr.truncated,
      wallMs: performance.now() - started,
      cpuMs: cpuUsed() ?? parseTimes(status.text()) ?? (watch.seenCpuMs || null),
    };
  };
  return { stdin: pipes.stdin, stdout: pipes.stdout, result: finish(), stop };
}

function launch(argv: readonly string[], pipes: Pipes): ChildProcess {
  const [program = '/bin/false', ...args] = argv;
  const stdio: ('pipe' | 'ignore' | number)[] = [...pipes.inner, 'pipe'];
  const nothing = inheritedDescriptors().length === 0 ? undefined : openSync('/dev/null', 'r');
  for (const fd of inheritedDescriptors()) {
    while (stdio.length < fd) stdio.push('ignore');
    if (nothing !== undefined && fd > STATUS_DESCRIPTOR) stdio[fd] = nothing;
  }
  try {
    return spawn(program, args, { env: toolEnvironment, cwd: '/', detached: true, stdio });
  } catch (error) {
    for (const stream of [pipes.stdin, pipes.stdout, pipes.stderr]) stream?.destroy();
    throw new SwemintError(
      'not-started',
      `A command could not be started: ${errorMessage(error)}.`,
      {
        hint: 'Arguments and variables together must fit the limits of the operating system.',
        cause: error,
      },
    );
  } finally {
    for (const fd of pipes.inner) closeSync(fd);
    if (nothing !== undefined) closeSync(nothing);
  }
}

/** Resolves when the process is reaped and its status pipe has ended. */
function exitOf(child: ChildProcess, argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      reject(
        new SwemintError(
          'sandbox-broken',
          `"${argv[0] ?? ''}" could not be started: ${error.message}`,
          {
            hint: 'Arguments and variables together must fit the limits of the operating system.',
            cause: error,
          },
        ),
      );
    });
  });
}

function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', () => resolve());
    stream.once('error', () => resolve());
  });
}

function rejectBroken(ending: Ending, stderr: string): void {
  if (ending.kind === 'no-folder') {
    throw new SwemintError('no-such-file', "The command's working folder does not exist.");
  }
  if (ending.kind === 'unknown') {
    throw new SwemintError(
      'sandbox-broken',
      `The sandbox could not run a command: ${stderr.trim().slice(-500) || 'its launcher was killed'}.`,
    );
  }
}
