// Asks a busy or restarting cluster again, with growing pauses.
import { setTimeout as sleep } from 'node:timers/promises';
import { readAnswer } from './failure.ts';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
const PASSING = new Set([409, 429, 500, 502, 503, 504]);
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'EAI_AGAIN']);

/**
 * Calls until it succeeds, fails in a way that asking again does not change, or has failed six
 * times. A `Retry-After` of the cluster is kept to.
 */
export async function withRetries<T>(
  call: (attempt: number) => Promise<T>,
  signal?: AbortSignal,
  pauseMs = FIRST_PAUSE_MS,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await call(attempt);
    } catch (error) {
      const { status, code, retryAfter } = readAnswer(error);
      const passing = status === undefined ? BROKEN.has(code ?? '') : PASSING.has(status);
      if (!passing || attempt === ATTEMPTS) throw error;
      const growing = pauseMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
      const pause = Math.min(LONGEST_PAUSE_MS, Math.max(growing, (retryAfter ?? 0) * 1000));
      await sleep(pause, undefined, signal === undefined ? {} : { signal });
    }
  }
}
