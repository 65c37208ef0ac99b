// Spaces requests out, and holds all of them back when the server asks one of them to wait.
import { ModelError, type Model } from '../../core/model.ts';
import { wait } from '../wait.ts';

/** Starts at most `perMinute` requests in a minute, evenly spaced. `Infinity` only obeys the server. */
export function withRequestRate(model: Model, perMinute: number): Model {
  const interval = 60_000 / perMinute;
  let nextStart = 0;
  let closedUntil = 0;
  return {
    ...model,
    call: async (request, context = {}) => {
      const now = Date.now();
      const start = Math.max(now, nextStart);
      nextStart = start + interval;
      if (start > now) await wait(start - now, context.signal);
      while (closedUntil > Date.now()) await wait(closedUntil - Date.now(), context.signal);
      try {
        return await model.call(request, context);
      } catch (error) {
        if (error instanceof ModelError && error.code === 'model-rate-limit') {
          closedUntil = Math.max(closedUntil, Date.now() + (error.retryAfterMs ?? 0));
        }
        throw error;
      }
    },
  };
}
