// Answers a request that was paid for before without asking again.
import type { CallStore, Model } from '../../core/model.ts';
import type { ModelReply } from '../../core/schema/model.ts';
import { requestHash } from '../request-hash.ts';

/**
 * Looks every request up first. Equal requests that are under way at once share one call, unless
 * the caller who made it gives up: then the next one makes its own.
 */
export function withCache(model: Model, calls: Pick<CallStore, 'read'>): Model {
  const underWay = new Map<string, Promise<ModelReply>>();
  return {
    ...model,
    call: async (request, context = {}) => {
      context.signal?.throwIfAborted();
      const hash = requestHash(model, request);
      for (let other = underWay.get(hash); other; other = underWay.get(hash)) {
        const reply = await other.catch(() => undefined);
        context.signal?.throwIfAborted();
        if (reply) return { ...reply, cached: true };
      }
      const own = answer();
      underWay.set(hash, own);
      try {
        return await own;
      } finally {
        underWay.delete(hash);
      }

      async function answer(): Promise<ModelReply> {
        const paid = await calls.read(hash);
        return paid?.reply ? { ...paid.reply, cached: true } : model.call(request, context);
      }
    },
  };
}
