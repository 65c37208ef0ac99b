// The agents by name; a path names one of the user's own.
import { defineRegistry } from '../../lib/registry.ts';
import type { Agent } from './agent.ts';

/** Agents by name (`swemint`, `oracle`, `idle`) or by path to a module with a default export. */
export const agents = defineRegistry<Agent>('agent', {
  swemint: () => import('./loop.ts'),
  oracle: () => import('./oracle.ts'),
  idle: () => import('./idle.ts'),
});
