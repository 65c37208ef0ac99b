// Exchanges what two conditions of one chain lead to.
import { defineMutator } from '../core/mutator.ts';
import { swapBodies } from './editing/bodies.ts';
import { quoteHeader } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_ctrl_invert_if_elif',
  summary: 'Swaps the bodies of an if and of the condition that follows it.',
  category: 'control',
  origin: ['SWE-Hub'],
  target: 'function',
  roles: ['if-elif'],
  likelihood: 0.25,
  minComplexity: 5,
  mutate(site, scene) {
    const edits = swapBodies(site, scene);
    return (
      edits && { edits, did: `swapped the first two branches of ${quoteHeader(site.node, scene)}` }
    );
  },
});
