// Forgets to repeat anything.
import { defineMutator } from '../core/mutator.ts';
import { quoteHeader } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_remove_loop',
  summary: 'Deletes a loop with its body.',
  category: 'removal',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['loop'],
  likelihood: 0.25,
  mutate: (site, scene) => ({
    edits: [],
    removes: [site.node],
    did: `removed ${quoteHeader(site.node, scene)}`,
  }),
});
