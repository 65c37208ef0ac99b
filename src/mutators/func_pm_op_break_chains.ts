// Drops one operand out of a chain of operations.
import { defineMutator } from '../core/mutator.ts';
import { rewriteBinary } from './editing/binary.ts';
import { operatorOf, withoutParentheses } from './editing/expressions.ts';
import { quote } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_op_break_chains',
  summary: 'Replaces an operand that is itself an operation by one of its own operands.',
  category: 'operation',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['binary'],
  likelihood: 0.4,
  mutate(site, scene) {
    for (const side of ['left', 'right'] as const) {
      const operand = withoutParentheses(site.part(side), scene.language);
      if (operatorOf(operand, scene.language) === undefined) continue;
      const outer = operand.childForFieldName(side);
      const dropped = operand.childForFieldName(side === 'left' ? 'right' : 'left');
      if (!outer || !dropped) continue;
      return {
        edits: rewriteBinary(site, { [side]: outer }, scene),
        did: `dropped ${quote(dropped, scene)} from ${quote(site.node, scene)}`,
      };
    }
    return undefined;
  },
});
