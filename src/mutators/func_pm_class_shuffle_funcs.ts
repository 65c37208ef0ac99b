// Puts the members of a class in another order, where the order can be observed.
import { defineMutator } from '../core/mutator.ts';
import { shuffleMembers } from './editing/shuffle.ts';

export default defineMutator({
  name: 'func_pm_class_shuffle_funcs',
  summary: 'Shuffles the members of a class where one of them depends on another or hides it.',
  category: 'class',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'class',
  roles: ['member'],
  likelihood: 0.25,
  minComplexity: 10,
  choice: 'one',
  mutate(_site, scene) {
    const edits = shuffleMembers(scene);
    return edits && { edits, did: `shuffled ${edits.length} members` };
  },
});
