// Forgets a guarded action altogether.
import { defineMutator } from '../core/mutator.ts';
import { quoteHeader } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_remove_wrapper',
  summary: 'Deletes a try or with statement, body included.',
  category: 'removal',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['wrapper'],
  likelihood: 0.25,
  mutate: (site, scene) => ({
    edits: [],
    removes: [site.node],
    did: `removed ${quoteHeader(site.node, scene)}`,
  }),
});
