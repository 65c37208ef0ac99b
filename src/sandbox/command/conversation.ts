// A long-lived program as lines in and lines out.
import type { Readable } from 'node:stream';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import type { ExecOutcome, ExecResult, SandboxProcess } from '../../core/sandbox.ts';

/** A started command, as its provider holds it. */
export interface Running {
  readonly stdin: NodeJS.WritableStream | null;
  /** Only of a conversation: the caller reads it, the result does not hold it. */
  readonly stdout: Readable;
  readonly result: Promise<ExecResult>;
  stop(outcome: ExecOutcome): void;
}

/** Wraps a running command. A line longer than `lineBytes` ends the program as `output-limit`. */
export function openConversation(running: Running, lineBytes: number): SandboxProcess {
  const { stdin, stdout, result } = running;
  const lines = readLines(stdout, lineBytes, () => running.stop('output-limit'));
  const exited = result.catch((error: unknown) => brokenResult(error));
  const kill = async (): Promise<void> => {
    running.stop('aborted');
    stdout.destroy();
    await exited;
  };
  return {
    write: (data) =>
      new Promise((resolve, reject) => {
        if (!stdin) return resolve();
        stdin.write(data, (error) => {
          if (!error) return resolve();
          reject(
            new SwemintError('program-ended', 'The program in the sandbox no longer reads.', {
              cause: error,
            }),
          );
        });
      }),
    // Without `return`, leaving a loop does not end the stream: the next loop goes on.
    lines: { [Symbol.asyncIterator]: () => ({ next: () => lines.next() }) },
    exited,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

// Whoever waits for a program's end wants an end, even when the launcher itself failed.
function brokenResult(error: unknown): ExecResult {
  return {
    outcome: 'aborted',
    exitCode: null,
    signal: null,
    stdout: '',
    stderr: errorMessage(error),
    truncated: false,
    wallMs: 0,
    cpuMs: null,
  };
}

async function* readLines(
  stream: Readable,
  lineBytes: number,
  tooLong: () => void,
): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of stream) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      let start = 0;
      for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', start)) {
        yield rest.slice(start, end);
        start = end + 1;
      }
      rest = rest.slice(start);
      if (rest.length > lineBytes) {
        tooLong();
        return undefined;
      }
    }
  } catch (error) {
    // Killed while we waited: for the reader, simply the end.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
  if (rest !== '') yield rest;
  return undefined;
}
