// Names the kind of mistake behind a mutator, as a person would guess at it: a category, never the edit.

/** Ways to say the kind, each a noun phrase that follows "looks like". */
const kinds = {
  arithmetic: [
    'a wrong arithmetic or comparison',
    'a mistake in a calculation or a comparison',
    'an expression that computes the wrong thing',
  ],
  operands: [
    'an expression that computes the wrong thing',
    'a mistake in how an expression is put together',
    'a wrong calculation or comparison',
  ],
  constant: [
    'a wrong number somewhere, an off-by-one for instance',
    'an off-by-one or another wrong constant',
    'a number that is slightly off',
  ],
  branches: [
    'wrong control flow: a branch taken when it should not be',
    'a mix-up of branches',
    'a decision that goes the wrong way',
  ],
  order: [
    'things done in the wrong order',
    'wrong control flow: steps out of order',
    'a mistake in the order of the steps',
  ],
  condition: ['a missing condition', 'a case that is no longer handled', 'a check that got lost'],
  loop: [
    'a missing loop',
    'something that should be done for every item and is not',
    'an iteration that got lost',
  ],
  assignment: [
    'a missing assignment',
    'a value that is never set or updated',
    'a variable that is not what the code expects',
  ],
  handling: [
    'missing error handling or set-up',
    'a block that should guard an operation and does not',
    'lost handling of errors or resources',
  ],
  structure: [
    'something wrong with the structure of a class',
    'a class that lacks something it should have',
    'a mistake in how a class is put together',
  ],
  arguments: ['arguments that do not arrive where they should', 'a mix-up of arguments'],
  logic: ['a logic error', 'a mistake in the logic', 'code that does not do what it is meant to'],
} as const;

type Kind = keyof typeof kinds;

/** Published names, without their prefix `func_pm_`. */
const byMutator: Readonly<Record<string, Kind>> = {
  class_rm_base: 'structure',
  class_rm_funcs: 'structure',
  class_shuffle_funcs: 'structure',
  ctrl_invert_if: 'branches',
  ctrl_invert_if_elif: 'branches',
  ctrl_shuffle: 'order',
  op_change: 'arithmetic',
  op_flip: 'arithmetic',
  flip_operators: 'arithmetic',
  op_swap: 'operands',
  op_break_chains: 'operands',
  op_change_const: 'constant',
  remove_assign: 'assignment',
  remove_cond: 'condition',
  remove_loop: 'loop',
  remove_wrapper: 'handling',
  unwrap_wrapper: 'handling',
  aug_assign_swap: 'arithmetic',
  ternary_swap: 'branches',
  remove_ternary: 'condition',
  arg_swap: 'arguments',
};

/** Noun phrases for a mutator's kind of mistake; a general one for mutators that are not published. */
export function describeBugType(mutator: string): readonly string[] {
  const name = mutator.replace(/^func_pm_/, '');
  return kinds[Object.hasOwn(byMutator, name) ? (byMutator[name] ?? 'logic') : 'logic'];
}
