// Ends a call that takes too long, as a failure of the model rather than an abort by the caller.
import { ModelError, type Model } from '../../core/model.ts';

export interface TimeLimit {
  /** Milliseconds. */
  limitMs: number;
  /** `request`: one attempt, worth trying again. `total`: all attempts and waits together. */
  covers: 'request' | 'total';
}

/** Puts a time limit around each call; put it inside the retries for `request`, outside for `total`. */
export function withTimeLimit(model: Model, { limitMs, covers }: TimeLimit): Model {
  return {
    ...model,
    call: async (request, context = {}) => {
      const clock = new AbortController();
      const timer = setTimeout(() => clock.abort(), limitMs);
      const signal = context.signal
        ? AbortSignal.any([context.signal, clock.signal])
        : clock.signal;
      try {
        return await model.call(request, { ...context, signal });
      } catch (error) {
        if (!clock.signal.aborted || context.signal?.aborted) throw error;
        throw new ModelError(
          'model-timeout',
          `The model ${model.name} did not answer within ${limitMs / 1000} s.`,
          {
            retryable: covers === 'request',
            hint: 'Raise the time limit, or ask for shorter replies.',
          },
        );
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
