// The parts of a program that mutators act on, named once for all languages.

/** Which kind of entity a role's sites belong to: the innermost one that holds them. */
export type EntityTarget = 'function' | 'class';

export interface RoleDescription {
  means: string;
  within: EntityTarget;
  /** Captures that every match has, beside `site`, the part itself. */
  captures: readonly string[];
  /** Captures that a match may have. */
  optional?: readonly string[];
}

/** Every syntax role: what it means and what a language's query must capture for it. */
export const syntaxRoles = {
  binary: {
    means: 'an arithmetic, bitwise or shift operation',
    within: 'function',
    captures: ['left', 'operator', 'right'],
  },
  logical: {
    means: 'a conjunction or disjunction',
    within: 'function',
    captures: ['left', 'operator', 'right'],
  },
  comparison: {
    means: 'one operator of a comparison or membership test',
    within: 'function',
    captures: ['operator'],
  },
  integer: {
    means: 'an integer literal whose value a computation uses',
    within: 'function',
    captures: [],
  },
  'if-else': {
    means: 'a conditional with two branches',
    within: 'function',
    captures: ['consequence', 'alternative'],
  },
  'if-elif': {
    means: 'a conditional followed by a second condition; `alternative` is the second body',
    within: 'function',
    captures: ['consequence', 'alternative'],
  },
  conditional: {
    means: 'a conditional statement, or one conditional clause of it',
    within: 'function',
    captures: [],
  },
  loop: { means: 'a loop statement', within: 'function', captures: [] },
  assignment: {
    means: 'a statement that gives a variable a value',
    within: 'function',
    captures: [],
  },
  wrapper: {
    means: 'a statement that guards its body (`try`, `with`)',
    within: 'function',
    captures: ['body'],
  },
  body: { means: 'the statements of a function', within: 'function', captures: [] },
  base: {
    means: 'one base of a class; `list` is all that goes when it is the only one',
    within: 'class',
    captures: ['list'],
  },
  method: { means: 'a method, with its decorators', within: 'class', captures: ['name'] },
  member: {
    means: 'a class member that runs in its turn; `body` is the part that does not run yet',
    within: 'class',
    captures: ['name'],
    optional: ['body'],
  },
  'self-call': {
    means: 'a call of a method of the same object',
    within: 'class',
    captures: ['name'],
  },
} as const satisfies Record<string, RoleDescription>;

export type SyntaxRole = keyof typeof syntaxRoles;

export const syntaxRoleNames = Object.keys(syntaxRoles) as SyntaxRole[];
