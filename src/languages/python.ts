// Python, as tree-sitter's grammar sees it.
import { defineLanguage } from '../core/language.ts';
import type { SyntaxNode } from '../core/language.ts';

export default defineLanguage({
  name: 'python',
  summary: 'Python 3',
  family: 'python',
  extensions: ['.py'],
  grammar: 'tree-sitter-python.wasm',
  paths: {
    testFolders: ['tests', 'test', 'testing', 'specs', 'testsuite'],
    testFiles: [/^tests?[._]/, /^tests?\.py$/, /_tests?\.py$/, /^conftest\.py$/],
    foreignFolders: [
      'node_modules',
      'site-packages',
      'vendor',
      '_vendor',
      'vendored',
      'third_party',
      'build',
      'dist',
      '__pycache__',
      'docs',
      'doc',
      'examples',
      'venv',
      'env',
    ],
    foreignFiles: [/^setup\.py$/, /_pb2(?:_grpc)?\.py$/, /^versioneer\.py$/],
  },
  entities: [
    {
      target: 'function',
      query: '(function_definition name: (identifier) @name body: (block) @body) @entity',
      example: 'async def f(x): return x',
    },
    {
      target: 'class',
      query: '(class_definition name: (identifier) @name body: (block) @body) @entity',
      example: 'class A(B): pass',
    },
  ],
  annotations: { binary_operator: 'type' },
  complexity: [
    {
      query: `[(if_statement) (elif_clause) (for_statement) (while_statement) (except_clause)
        (boolean_operator)] @branch`,
      example: 'if a and b: pass',
    },
    { query: '(comparison_operator operators: _ @branch)', example: 'a < b <= c' },
  ],
  roles: {
    binary: [
      {
        query: '(binary_operator left: (_) @left operator: _ @operator right: (_) @right) @site',
        example: 'a + b',
      },
    ],
    logical: [
      {
        query: '(boolean_operator left: (_) @left operator: _ @operator right: (_) @right) @site',
        example: 'a and b',
      },
    ],
    comparison: [
      { query: '(comparison_operator operators: _ @operator) @site', example: 'a not in b' },
    ],
    integer: [
      {
        query: `[
          (binary_operator (integer) @site)
          (comparison_operator (integer) @site)
          (unary_operator argument: (integer) @site)
          (assignment right: (integer) @site)
          (augmented_assignment right: (integer) @site)
          (return_statement (integer) @site)
          (argument_list (integer) @site)
          (keyword_argument value: (integer) @site)
          (default_parameter value: (integer) @site)
          (subscript subscript: (integer) @site)
          (slice (integer) @site)
        ]`,
        example: 'a + 1',
      },
    ],
    'if-else': [
      {
        query: `(if_statement consequence: (block) @consequence .
          alternative: (else_clause body: (block) @alternative)) @site`,
        example: 'if a: b\nelse: c',
      },
    ],
    'if-elif': [
      {
        query: `(if_statement consequence: (block) @consequence .
          alternative: (elif_clause consequence: (block) @alternative)) @site`,
        example: 'if a: b\nelif c: d',
      },
    ],
    conditional: [{ query: '[(if_statement) (elif_clause)] @site', example: 'if a: b' }],
    loop: [{ query: '[(for_statement) (while_statement)] @site', example: 'for a in b: c' }],
    assignment: [
      {
        query: `(expression_statement .
          [(assignment right: (_)) (augmented_assignment)]) @site`,
        example: 'a += 1',
      },
    ],
    wrapper: [
      {
        query: '[(with_statement body: (block) @body) (try_statement body: (block) @body)] @site',
        example: 'with a: b',
      },
    ],
    body: [{ query: '(function_definition body: (block) @site)', example: 'def f(): a' }],
    base: [
      {
        query: `(class_definition superclasses:
          (argument_list [(identifier) (attribute) (subscript) (call)] @site) @list)`,
        example: 'class A(B): pass',
      },
    ],
    method: [
      {
        query: `(class_definition body: (block
          (function_definition name: (identifier) @name) @site))`,
        example: 'class A:\n  def f(self): pass',
      },
      {
        query: `(class_definition body: (block
          (decorated_definition definition:
            (function_definition name: (identifier) @name)) @site))`,
        example: 'class A:\n  @d\n  def f(self): pass',
      },
    ],
    member: [
      {
        query: `(class_definition body: (block
          (function_definition name: (_) @name body: (_) @body) @site))`,
        example: 'class A:\n  def f(self): pass',
      },
      {
        query: `(class_definition body: (block (decorated_definition definition:
          (function_definition name: (_) @name body: (_) @body)) @site))`,
        example: 'class A:\n  @d\n  def f(self): pass',
      },
    ],
    'self-call': [
      {
        query: `(call function: (attribute object: (identifier) @self attribute: (identifier) @name)
          (#eq? @self "self")) @site`,
        example: 'self.f()',
      },
    ],
  },
  properties: {
    has_exception: [{ query: '[(try_statement) (raise_statement)] @here', example: 'raise E' }],
    has_if: [{ query: '(if_statement) @here', example: 'if a: b' }],
    has_if_else: [
      {
        query: '(if_statement alternative: [(else_clause) (elif_clause)]) @here',
        example: 'if a: b\nelse: c',
      },
    ],
    has_loop: [{ query: '[(for_statement) (while_statement)] @here', example: 'while a: b' }],
    has_switch: [{ query: '(match_statement) @here', example: 'match a:\n  case 1: pass' }],
    has_arithmetic: [
      {
        query: '(binary_operator operator: ["+" "-" "*" "/" "//" "%" "**"]) @here',
        example: 'a * b',
      },
    ],
    has_assignment: [
      { query: '[(assignment right: (_)) (augmented_assignment)] @here', example: 'a = 1' },
    ],
    has_decorator: [
      { query: '(decorated_definition definition: (_) @here)', example: '@d\ndef f(): pass' },
    ],
    has_function_call: [{ query: '(call) @here', example: 'f()' }],
    has_import: [
      { query: '[(import_statement) (import_from_statement)] @here', example: 'import a' },
    ],
    has_lambda: [{ query: '(lambda) @here', example: 'lambda: 1' }],
    has_list_comprehension: [{ query: '(list_comprehension) @here', example: '[a for a in b]' }],
    has_list_indexing: [{ query: '(subscript) @here', example: 'a[0]' }],
    has_off_by_one: [
      {
        query: '(comparison_operator operators: ["<" ">" "<=" ">="]) @here',
        example: 'a < b',
      },
    ],
    has_parent: [
      {
        query: '(class_definition superclasses: (argument_list (_))) @here',
        example: 'class A(B): pass',
      },
    ],
    has_return: [{ query: '(return_statement) @here', example: 'return' }],
    has_wrapper: [{ query: '[(with_statement) (try_statement)] @here', example: 'with a: b' }],
    has_binary_op: [{ query: '(binary_operator) @here', example: 'a | b' }],
    has_bool_op: [{ query: '(boolean_operator) @here', example: 'a or b' }],
    has_ternary: [{ query: '(conditional_expression) @here', example: 'a if b else c' }],
    has_unary_op: [{ query: '[(unary_operator) (not_operator)] @here', example: 'not a' }],
  },
  operators: {
    groups: [
      ['+', '-'],
      ['*', '/', '//', '%'],
      ['&', '|', '^'],
      ['<<', '>>'],
      ['**', '*'],
    ],
    flips: {
      '==': '!=',
      '!=': '==',
      '<': '>=',
      '>=': '<',
      '>': '<=',
      '<=': '>',
      in: 'not in',
      'not in': 'in',
      is: 'is not',
      'is not': 'is',
      and: 'or',
      or: 'and',
    },
    precedence: {
      or: 3,
      and: 4,
      '|': 7,
      '^': 8,
      '&': 9,
      '<<': 10,
      '>>': 10,
      '+': 11,
      '-': 11,
      '*': 12,
      '@': 12,
      '/': 12,
      '//': 12,
      '%': 12,
      '**': 14,
    },
    rightAssociative: ['**'],
    associative: ['and', 'or'],
    commutative: ['*', '&', '|', '^'],
    textual: ['+'],
    unmixable: [],
  },
  expressions: {
    binary: ['binary_operator', 'boolean_operator'],
    precedence: {
      named_expression: 0,
      yield: 0,
      lambda: 1,
      conditional_expression: 2,
      not_operator: 5,
      comparison_operator: 6,
      unary_operator: 13,
      await: 15,
    },
    parenthesized: 'parenthesized_expression',
    text: ['string', 'concatenated_string'],
    numbers: ['integer', 'float'],
    multiline: ['string'],
    unsafeStart: /^(?!)/,
  },
  statements: {
    lists: { module: [], block: [] },
    neverEmpty: ['block'],
    placeholder: 'pass',
    bare: { fields: [], parents: [], placeholder: 'pass' },
    clauses: ['elif_clause'],
    attached: [],
    fixed: (node, text) =>
      node.type === 'global_statement' ||
      node.type === 'nonlocal_statement' ||
      (node.type === 'expression_statement' && /^[rRbBuU]*["']/.test(text)),
    leaving: ['return_statement', 'raise_statement', 'break_statement', 'continue_statement'],
    blockScoped: [],
    delimited: false,
  },
  comments: { node: 'comment', line: '#' },
  nothing: 'None',
  docstring: (_entity, body) => firstString(body),
  stub: ({ signature, docstring, indent }) =>
    [
      `${signature}:`,
      ...(docstring === undefined ? [] : [`${indent}    ${docstring}`]),
      `${indent}    pass`,
    ].join('\n'),
  baseUses: [],
  program: (statements, indent) =>
    indent === ''
      ? statements
      : `if 1:
${statements}
`,
});

function firstString(body: SyntaxNode): SyntaxNode | undefined {
  const first = body.namedChildren.find((child) => child.type !== 'comment');
  if (first?.type !== 'expression_statement') return undefined;
  const only = first.namedChildren.length === 1 ? first.namedChildren[0] : undefined;
  return only?.type === 'string' ? only : undefined;
}
