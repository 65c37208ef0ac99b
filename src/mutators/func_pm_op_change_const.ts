// Moves an integer by one, in the notation it was written in.
import { defineMutator } from '../core/mutator.ts';
import type { Scene, Site } from '../core/mutator.ts';
import { operatorOf } from './editing/expressions.ts';
import { neighbours } from './editing/integers.ts';
import { quote } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_op_change_const',
  summary: 'Changes an integer constant by one.',
  category: 'operation',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['integer'],
  likelihood: 0.4,
  mutate(site, scene) {
    const literal = scene.text(site.node);
    const choices = neighbours(literal);
    if (choices.length === 0) return undefined;
    const chosen = scene.random.pick(choices);
    const text = chosen.startsWith('-') && needsBrackets(site, scene) ? `(${chosen})` : chosen;
    return {
      edits: [{ start: site.node.startIndex, end: site.node.endIndex, text }],
      did: `changed \`${literal}\` to \`${chosen}\` in ${quote(site.node.parent ?? site.node, scene)}`,
    };
  },
});

/** `a--1` and `-1 ** n` are not read as intended. */
function needsBrackets(site: Site, { source, language }: Scene): boolean {
  const around = site.node.parent ? operatorOf(site.node.parent, language) : undefined;
  return (
    /[-+]/.test(source[site.node.startIndex - 1] ?? '') ||
    (around !== undefined && language.operators.rightAssociative.includes(around))
  );
}
