// Runs the statements of a function in another order.
import { defineMutator } from '../core/mutator.ts';
import { shuffleStatements } from './editing/shuffle.ts';

export default defineMutator({
  name: 'func_pm_ctrl_shuffle',
  summary: 'Shuffles the top-level statements of a function body; the last one stays last.',
  category: 'control',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['body'],
  requires: ['loop'],
  likelihood: 0.25,
  maxComplexity: 10,
  mutate(site, scene) {
    const edits = shuffleStatements(site.node, scene);
    return edits && { edits, did: `shuffled ${edits.length} statements of the body` };
  },
});
