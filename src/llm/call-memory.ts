// Keeps paid calls for the life of the process, for those who want no file.
import type { CallStore } from '../core/model.ts';
import type { PaidCall } from '../core/schema/model.ts';

/** A call store in memory. */
export function createCallMemory(): CallStore {
  const calls: PaidCall[] = [];
  const usable = new Map<string, PaidCall>();
  return {
    read: (hash) => Promise.resolve(usable.get(hash)),
    write: (call) => {
      calls.push(call);
      if (call.reply) usable.set(call.hash, call);
      return Promise.resolve();
    },
    list: async function* () {
      yield* calls;
    },
  };
}
