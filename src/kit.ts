// Opens the hands once: what a pipeline needs from the machine, in one value.
import type { Emit } from './core/events.ts';
import type { SandboxProvider } from './core/sandbox.ts';
import type { Store } from './core/store.ts';

export interface Kit {
  sandbox: SandboxProvider;
  store: Store;
  emit: Emit;
  /** Ends everything at once: what was running is lost and done again next time. */
  signal: AbortSignal;
  /** Asks to finish what is running, save, and start nothing new. */
  stopping: AbortSignal;
}
