// Lets a condition choose the wrong one of its two branches.
import { defineMutator } from '../core/mutator.ts';
import { swapBodies } from './editing/bodies.ts';
import { quoteHeader } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_ctrl_invert_if',
  summary: 'Swaps the bodies of an if and its else.',
  category: 'control',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['if-else'],
  likelihood: 0.25,
  minComplexity: 5,
  mutate(site, scene) {
    const edits = swapBodies(site, scene);
    return edits && { edits, did: `swapped the branches of ${quoteHeader(site.node, scene)}` };
  },
});
