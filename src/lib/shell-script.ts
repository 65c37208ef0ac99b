// Reads a shell script into the commands it would run and what surrounds each, without running it.
import { Parser } from 'web-tree-sitter';
import type { Node } from 'web-tree-sitter';
import { loadGrammar } from './grammar.ts';

/** What a command stands in. `or`: on either side of `||`. `condition`: `if`, `case`, and what they guard. */
export type ShellContext =
  | 'pipeline'
  | 'or'
  | 'negated'
  | 'background'
  | 'condition'
  | 'loop'
  | 'function'
  | 'subshell'
  | 'substitution';

export interface ShellCall {
  /** Program and arguments, quotes removed, expansions as written: `$PWD/src`. Empty for a bare assignment. */
  words: string[];
  /** Assignments before the program, or of a bare assignment. */
  env: Record<string, string>;
  within: ReadonlySet<ShellContext>;
  /** As written, here-documents without their text: `2>&1`, `> log`, `<<EOF`. */
  redirects: string[];
  /** The text of a here-document. */
  input: string | undefined;
  text: string;
}

export interface ShellReading {
  /** In order of the script; calls inside substitutions follow the call that holds them. */
  calls: ShellCall[];
  /** False when some part is not valid shell. */
  readable: boolean;
}

let parser: Promise<Parser> | undefined;

/** Reads POSIX shell and bash. Scripts handed to another shell as text (`bash -c`) are words here. */
export async function readShell(script: string): Promise<ShellReading> {
  parser ??= openParser();
  const tree = (await parser).parse(script);
  if (!tree) throw new Error('The shell grammar was not set.');
  try {
    const calls: ShellCall[] = [];
    visit(tree.rootNode, { within: new Set(), redirects: [], input: undefined }, calls);
    return { calls, readable: !tree.rootNode.hasError };
  } finally {
    tree.delete();
  }
}

async function openParser(): Promise<Parser> {
  const grammar = await loadGrammar('tree-sitter-bash.wasm');
  return new Parser().setLanguage(grammar);
}

interface Surroundings {
  within: ReadonlySet<ShellContext>;
  redirects: readonly string[];
  input: string | undefined;
}

const contexts: Readonly<Record<string, ShellContext>> = {
  case_statement: 'condition',
  command_substitution: 'substitution',
  c_style_for_statement: 'loop',
  for_statement: 'loop',
  function_definition: 'function',
  if_statement: 'condition',
  negated_command: 'negated',
  pipeline: 'pipeline',
  process_substitution: 'substitution',
  subshell: 'subshell',
  while_statement: 'loop',
};

const callTypes = new Set([
  'command',
  'declaration_command',
  'test_command',
  'unset_command',
  'variable_assignment',
]);

function visit(node: Node, around: Surroundings, calls: ShellCall[]): void {
  if (node.type === 'comment' || node.type === 'heredoc_body') return;
  if (node.type === 'redirected_statement') return visitRedirected(node, around, calls);
  if (callTypes.has(node.type)) {
    calls.push(toCall(node, around));
    // A program's own redirections and words may hold substitutions.
    const inside = { ...around, redirects: [], input: undefined };
    for (const child of present(node.namedChildren)) visitSubstitutions(child, inside, calls);
    return;
  }
  const added = contextOf(node);
  const inner = added === undefined ? around : enter(around, added);
  for (const child of present(node.children)) {
    if (!child.isNamed) continue;
    const background = child.nextSibling?.type === '&';
    visit(child, background ? enter(inner, 'background') : inner, calls);
  }
}

function visitSubstitutions(node: Node, around: Surroundings, calls: ShellCall[]): void {
  if (node.type === 'command_substitution' || node.type === 'process_substitution') {
    return visit(node, around, calls);
  }
  for (const child of present(node.namedChildren)) visitSubstitutions(child, around, calls);
}

function visitRedirected(node: Node, around: Surroundings, calls: ShellCall[]): void {
  const redirects = [...around.redirects];
  let { input } = around;
  const body = node.childForFieldName('body');
  const further: Node[] = [];
  for (const child of present(node.namedChildren)) {
    if (child.id === body?.id) continue;
    redirects.push(redirectText(child));
    input = present(child.namedChildren).find(({ type }) => type === 'heredoc_body')?.text ?? input;
    further.push(child);
  }
  // `cat <<EOF | sh` and `cat <<EOF || true` keep what follows inside the redirection.
  const within = new Set(around.within);
  for (const child of further) {
    for (const token of present(child.children)) {
      if (token.type === 'pipeline' || token.type === '|') within.add('pipeline');
      if (token.type === '||') within.add('or');
    }
  }
  if (body) visit(body, { within, redirects, input }, calls);
  const outside = { within, redirects: [], input: undefined };
  for (const child of further) {
    for (const inner of present(child.namedChildren)) {
      const statement =
        callTypes.has(inner.type) || inner.type in contexts || inner.type === 'list';
      if (statement) visit(inner, outside, calls);
      else visitSubstitutions(inner, outside, calls);
    }
  }
}

function redirectText(node: Node): string {
  return node.text.split('\n', 1)[0] ?? '';
}

function contextOf(node: Node): ShellContext | undefined {
  if (node.type === 'list') {
    return present(node.children).some(({ type }) => type === '||') ? 'or' : undefined;
  }
  return contexts[node.type];
}

function enter(around: Surroundings, context: ShellContext): Surroundings {
  return { ...around, within: new Set([...around.within, context]) };
}

function toCall(node: Node, around: Surroundings): ShellCall {
  const words: string[] = [];
  const env: Record<string, string> = {};
  const redirects = [...around.redirects];
  const bare = node.type === 'variable_assignment';
  if (node.type === 'test_command') words.push('[');
  else if (!bare && node.type !== 'command') words.push(node.child(0)?.text ?? '');
  for (const child of bare ? [node] : present(node.namedChildren)) {
    if (child.type.endsWith('_redirect')) redirects.push(redirectText(child));
    else if (child.type === 'variable_assignment') {
      const name = child.childForFieldName('name')?.text ?? '';
      const value = child.childForFieldName('value');
      const text = value ? wordText(value) : '';
      if (node.type === 'declaration_command') words.push(`${name}=${text}`);
      else env[name] = text;
    } else if (child.type !== 'comment' && node.type !== 'test_command')
      words.push(wordText(child));
  }
  return { words, env, redirects, input: around.input, within: around.within, text: node.text };
}

/** A word without its quotes. */
function wordText(node: Node): string {
  switch (node.type) {
    case 'raw_string':
      return node.text.slice(1, -1);
    case 'string':
      return node.text.slice(1, -1).replaceAll(/\\(["\\$`])/g, '$1');
    case 'word':
      return node.text.replaceAll(/\\\r?\n/g, '').replaceAll(/\\(.)/g, '$1');
    case 'concatenation':
      return present(node.children).map(wordText).join('');
    case 'command_name':
      return present(node.children).map(wordText).join('');
    default:
      return node.text;
  }
}

/** The parser's lists may hold gaps. */
function present(nodes: readonly (Node | null)[]): Node[] {
  return nodes.filter((node) => node !== null);
}
