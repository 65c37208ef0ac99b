// Forgets to set a variable.
import { defineMutator } from '../core/mutator.ts';
import { quoteHeader } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_remove_assign',
  summary: 'Deletes an assignment.',
  category: 'removal',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['assignment'],
  likelihood: 0.25,
  mutate: (site, scene) => ({
    edits: [],
    removes: [site.node],
    did: `removed ${quoteHeader(site.node, scene)}`,
  }),
});
