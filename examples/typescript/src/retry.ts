// Trying again, with growing patience.

/** How long to wait before an attempt (the second attempt is number 1). */
export abstract class Backoff {
  readonly attempts: number;
  readonly ceiling: number;

  constructor(attempts: number, ceiling = Number.POSITIVE_INFINITY) {
    if (!Number.isInteger(attempts) || attempts < 1) {
      throw new RangeError('attempts must be a whole number from 1');
    }
    this.attempts = attempts;
    this.ceiling = ceiling;
  }

  protected abstract raw(attempt: number): number;

  delay(attempt: number): number {
    return attempt < 1 ? 0 : Math.min(this.raw(attempt), this.ceiling);
  }

  /** Every wait in order, one fewer than there are attempts. */
  *delays(): Generator<number> {
    for (let attempt = 1; attempt < this.attempts; attempt += 1) yield this.delay(attempt);
  }

  /** The longest that all attempts together can wait. */
  total(): number {
    let sum = 0;
    for (const delay of this.delays()) sum += delay;
    return sum;
  }
}

export class FixedBackoff extends Backoff {
  readonly #wait: number;

  constructor(attempts: number, wait: number) {
    super(attempts);
    this.#wait = wait;
  }

  protected override raw(): number {
    return this.#wait;
  }
}

export class LinearBackoff extends Backoff {
  readonly #step: number;

  constructor(attempts: number, step: number, ceiling?: number) {
    super(attempts, ceiling);
    this.#step = step;
  }

  protected override raw(attempt: number): number {
    return this.#step * attempt;
  }
}

export class ExponentialBackoff extends Backoff {
  readonly #first: number;
  readonly #factor: number;

  constructor(attempts: number, first: number, options: { factor?: number; ceiling?: number } = {}) {
    super(attempts, options.ceiling);
    this.#first = first;
    this.#factor = options.factor ?? 2;
  }

  protected override raw(attempt: number): number {
    return this.#first * this.#factor ** (attempt - 1);
  }
}

export interface RetryOptions {
  sleep: (milliseconds: number) => Promise<void>;
  /** Whether an error is worth another attempt. Default: every one. */
  worthwhile?: (error: unknown) => boolean;
}

/** Runs until it succeeds. Throws the last error, with the number of attempts in its message. */
export async function retry<T>(
  action: (attempt: number) => Promise<T>,
  backoff: Backoff,
  options: RetryOptions,
): Promise<T> {
  let attempt = 0;
  for (;;) {
    try {
      return await action(attempt);
    } catch (error) {
      attempt += 1;
      const worthwhile = options.worthwhile?.(error) ?? true;
      if (!worthwhile) throw error;
      if (attempt >= backoff.attempts) {
        if (attempt === 1) throw error;
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`${message} (after ${attempt} attempts)`, { cause: error });
      }
      await options.sleep(backoff.delay(attempt));
    }
  }
}
