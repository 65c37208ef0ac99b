// The nine kinds of statement that SWE-smith draws from, with its weights: how much each one tells.
import type { Random } from '../core/random.ts';

/** What a statement may tell beyond the symptom. */
type Disclosure = 'file' | 'function' | 'type' | 'test' | 'test-list';

export interface Template {
  name: string;
  /** Share of the statements; all shares add up to 1. */
  weight: number;
  tells: readonly Disclosure[];
}

/** SWE-smith (2504.21798), static issue generation. The words are ours. */
export const templates: readonly Template[] = [
  { name: 'basic', weight: 0.05, tells: [] },
  { name: 'files', weight: 0.1, tells: ['file'] },
  { name: 'files-functions', weight: 0.15, tells: ['file', 'function'] },
  { name: 'test', weight: 0.1, tells: ['test'] },
  { name: 'test-list', weight: 0.1, tells: ['test-list'] },
  { name: 'type', weight: 0.05, tells: ['type'] },
  { name: 'type-files', weight: 0.15, tells: ['type', 'file'] },
  { name: 'type-files-test', weight: 0.15, tells: ['type', 'file', 'test'] },
  { name: 'type-files-functions-test', weight: 0.15, tells: ['type', 'file', 'function', 'test'] },
];

/** Draws a template with the probability of its weight. */
export function drawTemplate(random: Random): Template {
  let left = random.next();
  for (const template of templates) {
    left -= template.weight;
    if (left < 0) return template;
  }
  return templates.at(-1) as Template;
}
