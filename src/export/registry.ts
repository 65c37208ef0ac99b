// The formats that tasks can be exported to.
import { defineRegistry } from '../lib/registry.ts';
import type { Exporter } from './exporter.ts';

export const exporters = defineRegistry<Exporter>('format', {
  jsonl: () => import('./jsonl.ts'),
  'swe-bench': () => import('./swe-bench.ts'),
  'swe-smith': () => import('./swe-smith.ts'),
});
