// What JavaScript, TypeScript and TSX have in common: everything but types and a few node names.
import type { Language, SyntaxNode } from '../core/language.ts';

const functionWithBody = `[
  (arrow_function body: (_) @body)
  (function_expression body: (_) @body)
  (generator_function body: (_) @body)
] @entity`;
const binary = (operators: string): string =>
  `(binary_expression left: (_) @left operator: [${operators}] @operator right: (_) @right) @site`;

/** Names that differ between the three grammars. */
export interface Dialect {
  name: string;
  summary: string;
  extensions: readonly string[];
  grammar: string;
  /** Query of a class field whose value is a function, up to the value. */
  field: { node: string; name: string };
  /** Node of a class declaration and of its name. */
  classes: readonly string[];
  className: string;
  /** Query of a class's base. */
  base: string;
  attached: readonly string[];
  /** Expressions that only this dialect has. */
  precedence: Readonly<Record<string, number>>;
}

/** Describes one dialect of ECMAScript. */
export function ecmascript(dialect: Dialect): Language {
  return {
    name: dialect.name,
    summary: dialect.summary,
    family: 'ecmascript',
    extensions: dialect.extensions,
    grammar: dialect.grammar,
    paths: {
      testFolders: [
        'tests',
        'test',
        '__tests__',
        '__mocks__',
        'spec',
        'specs',
        'testing',
        'e2e',
        'cypress',
        'test-utils',
        'fixtures',
        '__fixtures__',
      ],
      testFiles: [
        /[._-](?:test|tests|spec|specs|e2e|cy|bench|stories)\.[^.]+$/,
        /^(?:test|tests|spec)\.[^.]+$/,
      ],
      foreignFolders: [
        'node_modules',
        'bower_components',
        'vendor',
        'vendored',
        'third_party',
        'build',
        'dist',
        'out',
        'coverage',
        'generated',
        '__generated__',
        'docs',
        'examples',
      ],
      foreignFiles: [
        /\.min\.[^.]+$/,
        /\.bundle\.[^.]+$/,
        /\.generated\.[^.]+$/,
        /\.d\.[cm]?ts$/,
        /\.config\.[^.]+$/,
        /^(?:Gruntfile|Gulpfile|gulpfile)\./,
      ],
    },
    entities: [
      {
        target: 'function',
        query: `[
          (function_declaration name: (_) @name body: (_) @body)
          (generator_function_declaration name: (_) @name body: (_) @body)
          (method_definition name: (_) @name body: (_) @body)
        ] @entity`,
        example: 'function f() { return 1 }',
      },
      {
        target: 'function',
        query: `(variable_declarator name: (identifier) @name value: ${functionWithBody}) @declaration`,
        example: 'const f = () => 1',
      },
      {
        target: 'function',
        query: `(assignment_expression left: [(identifier) (member_expression)] @name
          right: ${functionWithBody}) @declaration`,
        example: 'exports.f = function () {}',
      },
      {
        target: 'function',
        query: `(pair key: (_) @name value: ${functionWithBody}) @declaration`,
        example: 'x = { f: () => 1 }',
      },
      {
        target: 'function',
        query: `(${dialect.field.node} ${dialect.field.name}: (_) @name
          value: ${functionWithBody}) @declaration`,
        example: 'class A { f = () => 1 }',
      },
      {
        target: 'function',
        name: 'default',
        query: `(export_statement value: ${functionWithBody})`,
        example: 'export default () => 1',
      },
      {
        target: 'class',
        query: `[${dialect.classes
          .map((node) => `(${node} name: (${dialect.className}) @name body: (_) @body)`)
          .join(' ')}] @entity`,
        example: 'class A extends B {}',
      },
      {
        target: 'class',
        query: `(variable_declarator name: (identifier) @name
          value: (class body: (_) @body) @entity) @declaration`,
        example: 'const A = class {}',
      },
    ],
    complexity: [
      {
        query: `[(if_statement) (else_clause) (for_statement) (for_in_statement) (while_statement)
          (do_statement) (switch_statement) (switch_case) (catch_clause) (ternary_expression)] @branch`,
        example: 'a ? b : c',
      },
      { query: '(binary_expression operator: ["&&" "||"]) @branch', example: 'a && b' },
    ],
    roles: {
      binary: [
        {
          query: binary('"+" "-" "*" "/" "%" "**" "&" "|" "^" "<<" ">>" ">>>"'),
          example: 'a + b',
        },
      ],
      logical: [{ query: binary('"&&" "||"'), example: 'a && b' }],
      comparison: [
        {
          query:
            '(binary_expression operator: ["==" "!=" "===" "!==" "<" ">" "<=" ">="] @operator) @site',
          example: 'a === b',
        },
      ],
      integer: [
        {
          query: `[
            (binary_expression (number) @site)
            (unary_expression argument: (number) @site)
            (variable_declarator value: (number) @site)
            (assignment_expression right: (number) @site)
            (augmented_assignment_expression right: (number) @site)
            (return_statement (number) @site)
            (arrow_function body: (number) @site)
            (arguments (number) @site)
            (subscript_expression index: (number) @site)
            (ternary_expression (number) @site)
            (assignment_pattern right: (number) @site)
          ]`,
          example: 'a + 1',
        },
      ],
      'if-else': [
        {
          query: `(if_statement consequence: (_) @consequence alternative: (else_clause
            [(statement_block) (expression_statement) (return_statement) (throw_statement)]
              @alternative)) @site`,
          example: 'if (a) { b } else { c }',
        },
      ],
      'if-elif': [
        {
          query: `(if_statement consequence: (_) @consequence alternative: (else_clause
            (if_statement consequence: (_) @alternative))) @site`,
          example: 'if (a) { b } else if (c) { d }',
        },
      ],
      conditional: [{ query: '(if_statement) @site', example: 'if (a) b' }],
      loop: [
        {
          query: '[(for_statement) (for_in_statement) (while_statement) (do_statement)] @site',
          example: 'for (const a of b) c',
        },
      ],
      assignment: [
        {
          query: `(expression_statement
            [(assignment_expression) (augmented_assignment_expression)]) @site`,
          example: 'a = 1',
        },
        {
          query: `[
            (lexical_declaration (variable_declarator value: (_) @value))
            (variable_declaration (variable_declarator value: (_) @value))
          ] @site
          (#not-match? @value "^(async|function|class|require|import)\\\\b|=>")`,
          example: 'const a = b',
        },
      ],
      wrapper: [
        {
          query: '(try_statement body: (statement_block) @body) @site',
          example: 'try { a } catch {}',
        },
      ],
      body: [
        {
          query: `[
            (function_declaration body: (statement_block) @site)
            (generator_function_declaration body: (statement_block) @site)
            (function_expression body: (statement_block) @site)
            (generator_function body: (statement_block) @site)
            (arrow_function body: (statement_block) @site)
            (method_definition body: (statement_block) @site)
          ]`,
          example: 'function f() { a }',
        },
      ],
      base: [{ query: dialect.base, example: 'class A extends B {}' }],
      method: [
        {
          query: '(class_body (method_definition name: (_) @name) @site)',
          example: 'class A { f() {} }',
        },
      ],
      member: [
        {
          query: `(class_body (${dialect.field.node} ${dialect.field.name}: (_) @name value: (_) @value) @site
            (#not-match? @value "=>|^(async|function)\\b"))`,
          example: 'class A { a = 1 }',
        },
        {
          query: '(class_body (class_static_block body: (_) @name) @site)',
          example: 'class A { static { f() } }',
        },
      ],
      'self-call': [
        {
          query: `(call_expression function: (member_expression object: (this)
            property: [(property_identifier) (private_property_identifier)] @name)) @site`,
          example: 'this.f()',
        },
      ],
    },
    properties: {
      has_exception: [{ query: '[(try_statement) (throw_statement)] @here', example: 'throw a' }],
      has_if: [{ query: '(if_statement) @here', example: 'if (a) b' }],
      has_if_else: [
        { query: '(if_statement alternative: (else_clause)) @here', example: 'if (a) b; else c' },
      ],
      has_loop: [
        {
          query: '[(for_statement) (for_in_statement) (while_statement) (do_statement)] @here',
          example: 'while (a) b',
        },
      ],
      has_switch: [{ query: '(switch_statement) @here', example: 'switch (a) {}' }],
      has_arithmetic: [
        {
          query: '(binary_expression operator: ["+" "-" "*" "/" "%" "**"]) @here',
          example: 'a * b',
        },
      ],
      has_assignment: [
        {
          query: `[(assignment_expression) (augmented_assignment_expression)
            (variable_declarator value: (_))] @here`,
          example: 'a = 1',
        },
      ],
      has_decorator: [{ query: '(decorator) @here', example: 'class A { @d f() {} }' }],
      has_function_call: [{ query: '(call_expression) @here', example: 'f()' }],
      has_import: [{ query: '(import) @here', example: 'import("a")' }],
      has_lambda: [{ query: '(arrow_function) @here', example: '() => 1' }],
      has_list_comprehension: { absent: 'ECMAScript has no comprehensions.' },
      has_list_indexing: [{ query: '(subscript_expression) @here', example: 'a[0]' }],
      has_off_by_one: [
        {
          query: '(binary_expression operator: ["<" ">" "<=" ">="]) @here',
          example: 'a < b',
        },
      ],
      has_parent: [{ query: '(class_heritage) @here', example: 'class A extends B {}' }],
      has_return: [{ query: '(return_statement) @here', example: 'function f() { return }' }],
      has_wrapper: [{ query: '(try_statement) @here', example: 'try { a } catch {}' }],
      has_binary_op: [{ query: '(binary_expression) @here', example: 'a | b' }],
      has_bool_op: [
        { query: '(binary_expression operator: ["&&" "||" "??"]) @here', example: 'a || b' },
      ],
      has_ternary: [{ query: '(ternary_expression) @here', example: 'a ? b : c' }],
      has_unary_op: [{ query: '[(unary_expression) (update_expression)] @here', example: '!a' }],
    },
    operators: {
      groups: [
        ['+', '-'],
        ['*', '/', '%'],
        ['&', '|', '^'],
        ['<<', '>>', '>>>'],
        ['**', '*'],
      ],
      flips: {
        '==': '!=',
        '!=': '==',
        '===': '!==',
        '!==': '===',
        '<': '>=',
        '>=': '<',
        '>': '<=',
        '<=': '>',
        '&&': '||',
        '||': '&&',
      },
      precedence: {
        '??': 3,
        '||': 4,
        '&&': 5,
        '|': 6,
        '^': 7,
        '&': 8,
        '==': 9,
        '!=': 9,
        '===': 9,
        '!==': 9,
        '<': 10,
        '>': 10,
        '<=': 10,
        '>=': 10,
        in: 10,
        instanceof: 10,
        '<<': 11,
        '>>': 11,
        '>>>': 11,
        '+': 12,
        '-': 12,
        '*': 13,
        '/': 13,
        '%': 13,
        '**': 14,
      },
      rightAssociative: ['**'],
      associative: ['&&', '||'],
      commutative: ['*', '&', '|', '^'],
      textual: ['+'],
      unmixable: [
        ['??', '||'],
        ['??', '&&'],
      ],
    },
    expressions: {
      binary: ['binary_expression'],
      precedence: {
        sequence_expression: 0,
        assignment_expression: 1,
        augmented_assignment_expression: 1,
        arrow_function: 1,
        yield_expression: 1,
        ternary_expression: 2,
        unary_expression: 13.5,
        await_expression: 13.5,
        ...dialect.precedence,
      },
      parenthesized: 'parenthesized_expression',
      text: ['string', 'template_string'],
      numbers: ['number'],
      multiline: ['template_string', 'string', 'comment', 'jsx_text'],
      unsafeStart: /^(?:\{|(?:async\s+)?function\b|class\b|let\b)/,
    },
    statements: {
      lists: {
        program: [],
        statement_block: [],
        class_body: [],
        switch_case: ['value'],
        switch_default: [],
      },
      neverEmpty: [],
      placeholder: '',
      bare: { fields: ['body', 'consequence'], parents: ['else_clause'], placeholder: '{}' },
      clauses: ['else_clause'],
      attached: dialect.attached,
      fixed: (node, text) =>
        (node.type === 'expression_statement' && /^(?:["'`]|super\b)/.test(text)) ||
        node.type === 'import_statement' ||
        node.type === 'function_declaration' ||
        node.type === 'generator_function_declaration',
      leaving: ['return_statement', 'throw_statement', 'break_statement', 'continue_statement'],
      blockScoped: ['lexical_declaration', 'class_declaration', 'function_declaration'],
      delimited: true,
      joins: /^[([`+\-/*.,?]|^in\b|^instanceof\b/,
    },
    comments: { node: 'comment', line: '//' },
    nothing: 'undefined',
    docstring: precedingBlockComment,
    stub: ({ signature, docstring, indent }) =>
      [
        ...(docstring === undefined ? [] : [docstring]),
        `${docstring === undefined ? '' : indent}${signature} {`,
        `${indent}  throw new Error('not implemented');`,
        `${indent}}`,
      ].join('\n'),
    baseUses: ['super'],
    program: (statements) => statements,
  };
}

/** Nodes whose children stand on their own: what is right above such a child belongs to it. */
const holders = ['program', 'statement_block', 'class_body', 'object', 'switch_case'];

/** The comment right above the statement or member that binds the entity. */
function precedingBlockComment(entity: SyntaxNode): SyntaxNode | undefined {
  let node = entity;
  while (node.parent && !holders.includes(node.parent.type)) node = node.parent;
  let before = node.previousSibling;
  while (before?.type === 'decorator') before = before.previousSibling;
  return before?.type === 'comment' ? before : undefined;
}
