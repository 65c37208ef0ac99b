// Exchanges the two operands of an operator whose order of operands matters.
import { defineMutator } from '../core/mutator.ts';
import { rewriteBinary } from './editing/binary.ts';
import { isCommutative } from './editing/expressions.ts';
import { quote } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_op_swap',
  summary: 'Swaps the left and right operands of a binary or logical operator.',
  category: 'operation',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'function',
  roles: ['binary', 'logical'],
  likelihood: 0.4,
  mutate(site, scene) {
    if (isCommutative(site, scene)) return undefined;
    return {
      edits: rewriteBinary(site, { swap: true }, scene),
      did: `swapped the operands of ${quote(site.node, scene)}`,
    };
  },
});
