// Turns a comparison or a logical operator into its opposite.
import { defineMutator } from '../core/mutator.ts';
import { rewriteBinary } from './editing/binary.ts';
import { quote } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_flip_operators',
  aliases: ['func_pm_op_flip'],
  summary: 'Flips a comparison, membership or logical operator to its opposite.',
  category: 'operation',
  origin: ['SWE-Hub'],
  target: 'function',
  roles: ['comparison', 'logical'],
  likelihood: 0.4,
  mutate(site, scene) {
    const part = site.part('operator');
    // White space inside `not  in` is no part of its name.
    const operator = scene.text(part).replaceAll(/\s+/g, ' ');
    const opposite = scene.language.operators.flips[operator];
    if (opposite === undefined) return undefined;
    const edits =
      site.role === 'logical'
        ? rewriteBinary(site, { operator: opposite }, scene)
        : [{ start: part.startIndex, end: part.endIndex, text: opposite }];
    return {
      edits,
      did: `flipped \`${operator}\` to \`${opposite}\` in ${quote(site.node, scene)}`,
    };
  },
});
