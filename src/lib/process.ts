// Runs trusted programs of the host (git, npm, tar). Code from repositories runs in a sandbox instead.
import { execa } from 'execa';
import { SwemintError } from '../core/errors.ts';

export interface HostCommandOptions {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  input?: string | Uint8Array;
  /** Milliseconds; none by default. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface HostCommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a host program to its end. A non-zero exit is data (`exitCode`).
 * Throws `SwemintError('missing-program')` when it is not installed, `'program-timeout'` when it is cut.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: HostCommandOptions = {},
): Promise<HostCommandResult> {
  const result = await execa(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.code === 'ENOENT' && result.exitCode === undefined) {
    throw new SwemintError(
      'missing-program',
      `The program "${program}" is not installed or not on the PATH.`,
      {
        hint: `Install ${program} and try again.`,
      },
    );
  }
  if (result.isCanceled) options.signal?.throwIfAborted();
  if (result.timedOut) {
    throw new SwemintError(
      'program-timeout',
      `"${program} ${args[0] ?? ''}" did not end within ${options.timeoutMs} ms.`,
    );
  }
  return {
    exitCode: result.exitCode ?? 1,
    stdout: typeof result.stdout === 'string' ? result.stdout : '',
    stderr:
      typeof result.stderr === 'string' && result.stderr !== ''
        ? result.stderr
        : (result.shortMessage ?? ''),
  };
}
