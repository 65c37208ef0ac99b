// The tools agents know by name; a path names one of the user's own.
import type { Tool } from '../../core/agent.ts';
import { defineRegistry } from '../../lib/registry.ts';

/** Tools by name (`bash`) or by path to a module with a default export. */
export const agentTools = defineRegistry<Tool>('tool', {
  bash: () => import('./bash.ts'),
  edit: () => import('./edit.ts'),
  search: () => import('./search.ts'),
  patch: () => import('./patch.ts'),
  reset: () => import('./reset.ts'),
  submit: () => import('./submit.ts'),
  stop: () => import('./stop.ts'),
});
