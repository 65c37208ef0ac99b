// The sandboxes swemint knows by name; a path names one of the user's own.
import type { SandboxProvider } from '../core/sandbox.ts';
import { defineRegistry } from '../lib/registry.ts';

/** Sandbox providers by name (`local`) or by path to a module with a default export. */
export const sandboxes = defineRegistry<SandboxProvider>('sandbox', {
  local: () => import('./local/local.ts'),
});
