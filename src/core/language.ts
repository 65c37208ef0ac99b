// The contract of a language: it describes syntax as data and never changes code.
import type { EntityTarget, SyntaxRole } from './roles.ts';

/** The part of a tree-sitter node that descriptions and mutators may use. Indexes are UTF-16 units. */
export interface SyntaxNode {
  readonly id: number;
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly isNamed: boolean;
  /** Whether it holds, or is, something the grammar could not read. */
  readonly hasError: boolean;
  readonly parent: SyntaxNode | null;
  readonly children: readonly SyntaxNode[];
  readonly namedChildren: readonly SyntaxNode[];
  readonly previousSibling: SyntaxNode | null;
  readonly nextSibling: SyntaxNode | null;
  childForFieldName(name: string): SyntaxNode | null;
  descendantsOfType(types: string | string[]): readonly SyntaxNode[];
}

/** A tree-sitter query and a piece of code in which it matches: the conformance test runs it. */
export interface SyntaxQuery {
  query: string;
  example: string;
}

/** The honest alternative to a query: why the language has no such thing. */
export interface Absent {
  absent: string;
}

/**
 * How to find functions, methods or classes. Captures: `entity`, `body`, `name` (unless `name` is
 * given here) and, where the binding is not the entity itself, `declaration`.
 */
export interface EntityQuery extends SyntaxQuery {
  target: EntityTarget;
  name?: string;
}

/** SWE-smith's boolean properties of an entity, beside `is_function` and `is_class`. */
export const entityProperties = [
  'has_exception',
  'has_if',
  'has_if_else',
  'has_loop',
  'has_switch',
  'has_arithmetic',
  'has_assignment',
  'has_decorator',
  'has_function_call',
  'has_import',
  'has_lambda',
  'has_list_comprehension',
  'has_list_indexing',
  'has_off_by_one',
  'has_parent',
  'has_return',
  'has_wrapper',
  'has_binary_op',
  'has_bool_op',
  'has_ternary',
  'has_unary_op',
] as const;
export type EntityProperty = (typeof entityProperties)[number];

export interface OperatorRules {
  /** Operators that may take each other's place. */
  groups: readonly (readonly string[])[];
  /** The opposite of a comparison or logical operator. */
  flips: Readonly<Record<string, string>>;
  /** How tightly each binary operator binds: higher is tighter. */
  precedence: Readonly<Record<string, number>>;
  rightAssociative: readonly string[];
  /** Grouping does not matter: `a or (b or c)`. */
  associative: readonly string[];
  /** Swapping the operands changes nothing. */
  commutative: readonly string[];
  /** Joins text as well as it adds numbers, and is commutative for numbers only. */
  textual: readonly string[];
  /** Operators that must not stand beside each other without parentheses. */
  unmixable: readonly (readonly [string, string])[];
}

export interface ExpressionRules {
  /** Nodes with `left`, `operator` and `right`. */
  binary: readonly string[];
  /** How tightly other expressions bind, on the scale of the operators. Absent: like a name or a call. */
  precedence: Readonly<Record<string, number>>;
  /** The node of an expression in parentheses. */
  parenthesized: string;
  /** Literals of text: arithmetic on them is not arithmetic. */
  text: readonly string[];
  /** Literals of numbers. */
  numbers: readonly string[];
  /** Nodes whose lines must keep their indentation. */
  multiline: readonly string[];
  /** An expression that begins so cannot begin a statement or an arrow's body. */
  unsafeStart: RegExp;
}

export interface StatementRules {
  /** Nodes that hold a list of statements, with their fields that are not statements. */
  lists: Readonly<Record<string, readonly string[]>>;
  /** Lists that must not be empty, and what stands for nothing in them. */
  neverEmpty: readonly string[];
  placeholder: string;
  /** Fields and nodes where a single statement stands without a list, and what stands for nothing there. */
  bare: { fields: readonly string[]; parents: readonly string[]; placeholder: string };
  /** Parts of a statement that can be deleted with the text before them back to the previous part. */
  clauses: readonly string[];
  /** Siblings before a statement or member that belong to it, e.g. decorators. */
  attached: readonly string[];
  /** Statements that never move and that nothing moves over, e.g. docstrings, directives, `global`. */
  fixed(node: SyntaxNode, text: string): boolean;
  /** Statements after which nothing runs. */
  leaving: readonly string[];
  /** Declarations that live only in the block that holds them. */
  blockScoped: readonly string[];
  /** Whether a block's delimiters are part of its node, as in `{ … }`. */
  delimited: boolean;
  /** A statement beginning so would join an unterminated one before it; absent where lines end statements. */
  joins?: RegExp;
}

export interface Language {
  /** The name users know it by: `python`. */
  readonly name: string;
  readonly summary: string;
  /** Languages of one family live in one project: asking for one of them means all. */
  readonly family: string;
  /** With the dot. */
  readonly extensions: readonly string[];
  /** File in the package's `grammars/` folder. */
  readonly grammar: string;
  /** Which files are not the product's own code. All are matched by whole path segments. */
  readonly paths: {
    testFolders: readonly string[];
    /** Against the file's name. */
    testFiles: readonly RegExp[];
    /** Dependencies, builds and generated code. */
    foreignFolders: readonly string[];
    foreignFiles: readonly RegExp[];
  };
  readonly entities: readonly EntityQuery[];
  /**
   * Nodes that mutators leave alone when they stand, maybe inside each other, directly in another kind
   * of node: `int | None` is an operation in an expression and a type in an annotation.
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Each match adds one to the cyclomatic complexity of what holds it. Capture: `branch`. */
  readonly complexity: readonly SyntaxQuery[];
  readonly roles: Readonly<Record<SyntaxRole, readonly SyntaxQuery[] | Absent>>;
  /** Capture: `here`. An entity that holds a match has the property. */
  readonly properties: Readonly<Record<EntityProperty, readonly SyntaxQuery[] | Absent>>;
  readonly operators: OperatorRules;
  readonly expressions: ExpressionRules;
  readonly statements: StatementRules;
  readonly comments: { node: string; line: string };
  /** The expression for no value: `None`. */
  readonly nothing: string;
  /** The docstring of an entity, as a node inside its body or just before it. */
  docstring(entity: SyntaxNode, body: SyntaxNode): SyntaxNode | undefined;
  /** An entity's text with nothing but signature and docstring left. */
  stub(parts: { signature: string; docstring: string | undefined; indent: string }): string;
  /** A class that uses one of these nodes cannot do without its base. */
  readonly baseUses: readonly string[];
  /** Makes a whole program of whole statements, cut out with their lines at the depth `indent`. */
  program(statements: string, indent: string): string;
}

/** Declares a language; the identity function that gives extension authors types. */
export function defineLanguage(language: Language): Language {
  return language;
}
