// Forgets a case.
import { defineMutator } from '../core/mutator.ts';
import { quoteHeader } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_remove_cond',
  summary: 'Deletes a conditional with its branches.',
  category: 'removal',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['conditional'],
  likelihood: 0.25,
  mutate: (site, scene) => ({
    edits: [],
    removes: [site.node],
    did: `removed ${quoteHeader(site.node, scene)}`,
  }),
});
