// Bounds how many requests are under way at once.
import type { Model } from '../../core/model.ts';

/** Lets at most `limit` calls run; others wait in order of arrival and leave the queue when aborted. */
export function withConcurrency(model: Model, limit: number): Model {
  let running = 0;
  const waiting = new Set<() => void>();
  const enter = async (signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    if (running < limit) {
      running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        waiting.delete(admit);
        reject(signal?.reason as Error);
      };
      const admit = (): void => {
        waiting.delete(admit);
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.add(admit);
    });
  };
  const leave = (): void => {
    const [next] = waiting;
    // The place is handed on, not freed, so that nobody slips in between.
    if (next) next();
    else running -= 1;
  };
  return {
    ...model,
    call: async (request, context = {}) => {
      await enter(context.signal);
      try {
        return await model.call(request, context);
      } finally {
        leave();
      }
    },
  };
}
