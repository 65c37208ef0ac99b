// Waiting that can be ended.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after the time has passed; rejects with the signal's own reason when it is aborted. */
export async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
