// One command in a pod as the rest of the sandbox sees it: streams with back-pressure, limits, an outcome.
import { constants } from 'node:os';
import { Readable, Writable } from 'node:stream';
import { SwemintError } from '../../core/errors.ts';
import type { Command, ExecResult } from '../../core/sandbox.ts';
import type { Running } from '../command/conversation.ts';
import { collectOutput } from '../command/output.ts';
import type { Ending, StartedCommand, StartRequest, Supervisor } from './supervisor.ts';

const WINDOW = 1 << 20;

/** Starts a command; a `conversation` keeps its input open and hands out its output as it comes. */
export function startInPod(
  supervisor: Supervisor,
  request: Omit<StartRequest, 'stdin' | 'window' | 'unbounded' | 'trusted'>,
  command: Pick<Command, 'stdin' | 'signal'>,
  conversation: boolean,
): Running {
  const limit = request.limits.outputBytes ?? Number.MAX_SAFE_INTEGER;
  const collected = [collectOutput(limit), collectOutput(limit)] as const;
  const stdout = openOutput((bytes) => started.credit(bytes));
  let taken: (bytes: number) => void = () => undefined;
  const started: StartedCommand = supervisor.start(
    {
      ...request,
      stdin: conversation ? 'stream' : command.stdin === undefined ? 'none' : 'data',
      window: conversation ? WINDOW : null,
      unbounded: conversation,
      trusted: false,
    },
    {
      output: (stream, data) => {
        if (stream === 1 && conversation) stdout.take(data);
        else {
          collected[stream - 1]?.take(data);
          // What is collected is bounded already; only the caller's pace holds the rest back.
          if (conversation) started.credit(data.length);
        }
      },
      taken: (bytes) => taken(bytes),
    },
  );
  const input = conversation ? openInput(started) : null;
  if (input) taken = input.taken;
  if (command.stdin !== undefined) {
    const data = typeof command.stdin === 'string' ? Buffer.from(command.stdin) : command.stdin;
    if (input) input.stream.write(data);
    else {
      started.input(data);
      started.endInput();
    }
  }
  const onAbort = (): void => started.stop('aborted');
  command.signal?.addEventListener('abort', onAbort, { once: true });
  if (command.signal?.aborted === true) onAbort();

  const finish = async (): Promise<ExecResult> => {
    try {
      const ending = await started.ended;
      return {
        ...describe(ending),
        stdout: collected[0].text(),
        stderr: collected[1].text(),
        truncated: ending.truncated,
        wallMs: ending.wallMs,
        cpuMs: ending.cpuMs,
      };
    } finally {
      command.signal?.removeEventListener('abort', onAbort);
      stdout.end();
      input?.end();
    }
  };
  return {
    stdin: input?.stream ?? null,
    stdout: stdout.stream,
    result: finish(),
    stop: (outcome) => started.stop(outcome),
  };
}

interface Output {
  readonly stream: Readable;
  take(data: Buffer): void;
  end(): void;
}

/** A stream that asks for more, by `credit`, only as it is read. */
export function openOutput(credit: (bytes: number) => void): Output {
  let owed = 0;
  const stream = new Readable({
    read: () => {
      if (owed > 0) credit(owed);
      owed = 0;
    },
  });
  return {
    stream,
    take: (data) => {
      owed += data.length;
      // Nobody reads any more; the command must not wait for that.
      if (stream.destroyed || stream.push(data)) {
        credit(owed);
        owed = 0;
      }
    },
    end: () => {
      if (!stream.destroyed) stream.push(null);
    },
  };
}

interface Input {
  readonly stream: Writable;
  readonly taken: (bytes: number) => void;
  end(): void;
}

/** A stream that lets only so much be on its way. */
export function openInput(started: Pick<StartedCommand, 'input' | 'endInput'>): Input {
  let under = 0;
  let waiting: (() => void) | undefined;
  let ended = false;
  const stream = new Writable({
    write: (data: Buffer, _encoding, done) => {
      if (ended) return done(new Error('The program has ended.'));
      started.input(data);
      under += data.length;
      if (under < WINDOW) done();
      else waiting = done;
    },
    final: (done) => {
      started.endInput();
      done();
    },
  });
  stream.on('error', () => undefined); // A program may end without reading what we send.
  const release = (): void => {
    const done = waiting;
    waiting = undefined;
    done?.();
  };
  return {
    stream,
    taken: (bytes) => {
      under -= bytes;
      if (under < WINDOW) release();
    },
    end: () => {
      ended = true;
      release();
    },
  };
}

/** Throws what is not the command's own doing. */
export function describe(ending: Ending): Pick<ExecResult, 'outcome' | 'exitCode' | 'signal'> {
  if (ending.broken !== undefined) {
    throw new SwemintError(
      'sandbox-broken',
      `The sandbox could not run a command: ${ending.broken}.`,
    );
  }
  if (ending.failure === 'no-folder') {
    throw new SwemintError('no-such-file', "The command's working folder does not exist.");
  }
  if (ending.failure !== undefined) {
    throw new SwemintError('not-started', 'A command could not be started: its words do not fit.', {
      hint: 'Arguments and variables together must fit the limits of the operating system.',
    });
  }
  if (ending.outcome !== undefined) {
    return { outcome: ending.outcome, exitCode: null, signal: 'SIGKILL' };
  }
  if (ending.signal !== undefined) {
    return { outcome: 'signaled', exitCode: null, signal: signalName(ending.signal) };
  }
  return { outcome: 'exited', exitCode: ending.code ?? null, signal: null };
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}
