// Three kinds of bad news: wrong usage and known failures are one sentence; a bug shows its stack.
import { CommanderError } from 'commander';
import { SwemintError } from '../core/errors.ts';

interface Failure {
  code: string;
  message: string;
  hint?: string;
}

/** Prints a failure for people or, with `json`, for programs; returns the exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  if (isAbort(error))
    return json ? print({ code: 'aborted', message: 'Stopped by the user.' }, 130) : 130;
  const known = describeKnown(error);
  if (json) {
    const failure = known ?? {
      code: 'bug',
      message: error instanceof Error ? error.message : String(error),
    };
    if (!known) process.stderr.write(`${stackOf(error)}\n`);
    return print(failure, known ? 2 : 1);
  }
  if (!known) {
    process.stderr.write(
      `This is a bug in swemint. Please report it with this text:\n${stackOf(error)}\n`,
    );
    return 1;
  }
  process.stderr.write(
    `error: ${known.message}\n${known.hint === undefined ? '' : `hint: ${known.hint}\n`}`,
  );
  return 2;
}

function describeKnown(error: unknown): Failure | undefined {
  if (error instanceof SwemintError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  if (error instanceof CommanderError) {
    const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
    return {
      code: 'usage',
      message,
      hint: rest.join(' ').trim() || 'Add --help to see the arguments and options.',
    };
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC') {
    return {
      code: 'disk-full',
      message: 'The disk is full.',
      hint: 'Free some space and start the same command again; it continues where it stopped.',
    };
  }
  return undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function print(error: Failure, exitCode: number): number {
  process.stdout.write(`${JSON.stringify({ error })}\n`);
  return exitCode;
}
