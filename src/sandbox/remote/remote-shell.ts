// How the shared code of remote sandboxes reaches inside: one trusted program of ours at a time.
import type { Readable, Writable } from 'node:stream';
import { SwemintError } from '../../core/errors.ts';

export interface RemoteProgram {
  /** Program and arguments, started as the sandbox's user in its present view of the files. */
  argv: readonly string[];
  stdin?: string | Uint8Array | Readable;
  /** Takes standard output as it comes; without it, the answer holds it. */
  stdout?: Writable;
}

export interface RemoteAnswer {
  exitCode: number;
  /** Empty when it went elsewhere. */
  stdout: Buffer;
  stderr: string;
}

/** Runs programs of the image for us: `sh`, `cat`, `tar`, `find`. Throws when the sandbox itself fails. */
export type RemoteShell = (program: RemoteProgram) => Promise<RemoteAnswer>;

/** The command line of a script with arguments. */
export function scriptWords(script: string, ...words: readonly string[]): string[] {
  return ['/bin/sh', '-c', script, 'swemint', ...words];
}

/** For programs that only fail when the image lacks something or the sandbox is full. */
export function requireSuccess(answer: RemoteAnswer, what: string): RemoteAnswer {
  if (answer.exitCode === 0) return answer;
  throw new SwemintError(
    'sandbox-files',
    `The sandbox could not ${what}: ${answer.stderr.trim()}`,
    { hint: 'Its image needs sh, coreutils, find and tar, and its disk limit room for the files.' },
  );
}
