// The built-in screens by the names that frameworks give.
import { defineRegistry } from '../../lib/registry.ts';
import type { ScreenerKind } from './kind.ts';

export const screeners = defineRegistry<ScreenerKind>('screener', {
  javascript: () => import('./javascript.ts'),
  python: () => import('./python.ts'),
});
