// Puts another operator of the same group between two operands.
import { defineMutator } from '../core/mutator.ts';
import { rewriteBinary } from './editing/binary.ts';
import { isTextual } from './editing/expressions.ts';
import { quote } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_op_change',
  summary: 'Changes an arithmetic, bitwise or shift operator to another of its group.',
  category: 'operation',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['binary'],
  likelihood: 0.4,
  mutate(site, scene) {
    const operator = scene.text(site.part('operator'));
    // `"a" + b` and `"%s" % b` are not arithmetic: another operator there is a type error at once.
    if (isTextual(site, scene)) return undefined;
    const choices = scene.language.operators.groups
      .filter((group) => group.includes(operator))
      .flat()
      .filter((other) => other !== operator);
    if (choices.length === 0) return undefined;
    const chosen = scene.random.pick(choices);
    return {
      edits: rewriteBinary(site, { operator: chosen }, scene),
      did: `changed \`${operator}\` to \`${chosen}\` in ${quote(site.node, scene)}`,
    };
  },
});
