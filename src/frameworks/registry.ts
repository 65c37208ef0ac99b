// The built-in test frameworks by name, loaded only when asked for.
import type { Framework } from '../core/framework.ts';
import { defineRegistry } from '../lib/registry.ts';

export const frameworks = defineRegistry<Framework>('framework', {
  pytest: () => import('./pytest.ts'),
  unittest: () => import('./unittest.ts'),
  'node-test': () => import('./node-test.ts'),
  vitest: () => import('./vitest.ts'),
  jest: () => import('./jest.ts'),
  mocha: () => import('./mocha.ts'),
  tap: () => import('./tap.ts'),
});
