// Known failures: each says what is wrong and what to do, and ends the program with exit code 2.

/** A failure we expected to be possible. The message is one sentence; the hint says what to do. */
export class SwemintError extends Error {
  /** Stable, kebab-case, documented: scripts may branch on it. */
  readonly code: string;
  /** What the user can do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SwemintError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** The text of anything thrown, for messages: never throws itself. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
