// Tries again what may succeed later, waiting as long as the server asks, else longer each time.
import { ModelError, type Model } from '../../core/model.ts';
import { createRandom } from '../../core/random.ts';
import { wait } from '../wait.ts';

export interface RetrySettings {
  /** Further attempts after the first. */
  retries: number;
  /** The first wait, milliseconds; each following one is twice as long. */
  firstWaitMs: number;
  /** The longest wait that we choose ourselves. */
  longestWaitMs: number;
  /** A server that asks for more than this is given up. */
  longestRetryAfterMs: number;
}

export const defaultRetry: RetrySettings = {
  retries: 8,
  firstWaitMs: 1000,
  longestWaitMs: 60_000,
  longestRetryAfterMs: 15 * 60_000,
};

/** Retries failures that say they may pass. Waits are drawn between half and the whole, so that callers spread out. */
export function withRetry(model: Model, settings: RetrySettings = defaultRetry): Model {
  const random = createRandom('retry', model.name);
  return {
    ...model,
    call: async (request, context = {}) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const reply = await model.call(request, context);
          return { ...reply, attempts: attempt };
        } catch (error) {
          if (!(error instanceof ModelError) || !error.retryable) throw error;
          const pause = pauseBefore(error, attempt, settings, random.next());
          if (attempt > settings.retries || pause === undefined) throw error;
          await wait(pause, context.signal);
        }
      }
    },
  };
}

function pauseBefore(
  error: ModelError,
  attempt: number,
  settings: RetrySettings,
  draw: number,
): number | undefined {
  const own = Math.min(settings.longestWaitMs, settings.firstWaitMs * 2 ** (attempt - 1));
  const spread = own * (0.5 + draw / 2);
  const asked = error.retryAfterMs;
  if (asked === undefined) return spread;
  if (asked > settings.longestRetryAfterMs) return undefined;
  // Never earlier than asked, and not all at the very moment when the gate opens.
  return asked + Math.min(spread, 1000) * draw;
}
