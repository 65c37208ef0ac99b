// The action formats by name.
import { defineRegistry } from '../../lib/registry.ts';
import type { ActionFormat } from './format.ts';

/** `tools` (function calling), `xml`, `bash` (one fenced block). */
export const actionFormats = defineRegistry<ActionFormat>('action format', {
  tools: () => import('./tools.ts'),
  xml: () => import('./xml.ts'),
  bash: () => import('./bash.ts'),
});
