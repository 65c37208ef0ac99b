// Takes a base away from a class.
import { defineMutator } from '../core/mutator.ts';
import { removeBase } from './editing/bases.ts';
import { quote } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_class_rm_base',
  summary: 'Removes a base of a class, and the list of bases when it was the only one.',
  category: 'class',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'class',
  roles: ['base'],
  likelihood: 0.25,
  minComplexity: 10,
  choice: 'one',
  mutate(site, scene) {
    const { baseUses } = scene.language;
    if (!scene.flip()) return undefined;
    if (baseUses.length > 0 && scene.entity.descendantsOfType([...baseUses]).length > 0)
      return undefined;
    return {
      edits: [removeBase(site, scene)],
      did: `removed the base ${quote(site.node, scene)}`,
    };
  },
});
