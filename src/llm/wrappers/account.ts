// Writes down every call that is charged for, with its reply, before anybody may use it.
import { ModelError, type CallContext, type CallStore, type Model } from '../../core/model.ts';
import type {
  ModelReply,
  ModelRequest,
  PaidCall,
  Price,
  TokenUsage,
} from '../../core/schema/model.ts';
import type { Ledger } from '../ledger.ts';
import { callCost } from '../prices.ts';
import { requestHash } from '../request-hash.ts';

export interface Account {
  ledger: Ledger;
  calls: CallStore;
  price: Price | undefined;
}

/**
 * Prices each reply and records it: once in the store (so a killed run finds it) and once in the
 * account. Belongs next to the wire, inside the retries: replies that cannot be used are charged too.
 */
export function withAccount(model: Model, { ledger, calls, price }: Account): Model {
  const record = async (
    request: ModelRequest,
    context: CallContext,
    paid: { usage: TokenUsage | null; costUsd: number | null; reply: ModelReply | null },
  ): Promise<void> => {
    const call: PaidCall = {
      version: 1,
      hash: requestHash(model, request),
      model: model.name,
      at: new Date().toISOString(),
      stage: context.stage ?? null,
      task: context.task ?? null,
      ...paid,
    };
    // The account first: whatever happens to the disk, the money is gone.
    ledger.add(call);
    await calls.write(call);
  };
  return {
    ...model,
    call: async (request, context = {}) => {
      let reply: ModelReply;
      try {
        reply = await model.call(request, context);
      } catch (error) {
        if (error instanceof ModelError && error.usage) {
          const { usage } = error;
          await record(request, context, { usage, costUsd: callCost(usage, price), reply: null });
        }
        throw error;
      }
      const priced = { ...reply, costUsd: callCost(reply.usage, price) };
      await record(request, context, {
        usage: priced.usage,
        costUsd: priced.costUsd,
        reply: priced,
      });
      return priced;
    },
  };
}
