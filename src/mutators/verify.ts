// Reads a mutant again: it must parse, and it must be another program than before.
import type { Node } from 'web-tree-sitter';
import type { Edit } from '../core/mutator.ts';
import type { Language } from '../core/language.ts';
import type { Scan } from '../languages/scan.ts';
import { indentOf, lineStart, opensLine } from './editing/lines.ts';
import { sameProgram } from './same-program.ts';

export type Verification = 'sound' | 'unreadable' | 'unchanged';

/** Whole statements of one list that hold some of the edits. */
interface Run {
  start: number;
  end: number;
  edits: Edit[];
}

/**
 * Parses the fewest statements around each edit: the rest of the file was readable before and is
 * read the same way after. Parsing the file again, even incrementally, costs ten times as much.
 */
export function verifyEdits(scan: Scan, edits: readonly Edit[]): Verification {
  const { source, syntax } = scan;
  const { language } = syntax;
  let changed = false;
  for (const run of runsOf(scan, edits)) {
    const depth = indentOf(source, run.start);
    const after = language.program(applyEdits(source, run.edits, run.start, run.end), depth);
    const tree = syntax.parse(after);
    try {
      if (tree.rootNode.hasError) return 'unreadable';
      if (changed || (changed = differs(source, run, language))) continue;
      const before = language.program(source.slice(run.start, run.end), depth);
      changed = !sameProgram(syntax, before, tree.rootNode);
    } finally {
      tree.delete();
    }
  }
  return changed ? 'sound' : 'unchanged';
}

/** The text of `[from, to)` after the edits, all of which lie in it. */
export function applyEdits(
  source: string,
  edits: readonly Edit[],
  from: number,
  to: number,
): string {
  let text = '';
  let position = from;
  for (const edit of edits) {
    text += source.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return text + source.slice(position, to);
}

function runsOf(scan: Scan, edits: readonly Edit[]): Run[] {
  const runs: Run[] = [];
  for (const edit of edits) {
    const last = runs.at(-1);
    if (last && edit.end <= last.end) {
      last.edits.push(edit);
      continue;
    }
    const run = runAround(scan, edit);
    while (runs.length > 0 && run.start < (runs.at(-1) as Run).end) {
      const other = runs.pop() as Run;
      run.start = Math.min(run.start, other.start);
      run.end = Math.max(run.end, other.end);
      run.edits.unshift(...other.edits);
    }
    runs.push(run);
  }
  return runs;
}

function runAround(scan: Scan, edit: Edit): Run {
  const { source, syntax, tree } = scan;
  const { lists, delimited } = syntax.language.statements;
  const removed = source.slice(edit.start, edit.end);
  const from = edit.start + (removed.length - removed.trimStart().length);
  const to = Math.max(from, edit.end - (removed.length - removed.trimEnd().length));
  let node = tree.rootNode.descendantForIndex(from, Math.max(from, to - 1)) ?? tree.rootNode;
  for (let parent = node.parent; parent; parent = node.parent) {
    if (lists[node.type]?.length === 0 && node.type !== 'class_body') {
      // The edit reaches over statements of this list: their neighbours must still fit to what is left.
      const [first, last] = neighbours(node, from, to);
      if (first && last) {
        const run = rangeOf(first, last, edit, source, delimited);
        if (run) return run;
      }
    } else if (parent.type in lists && parent.type !== 'class_body') {
      const isInside = node.startIndex < from || node.endIndex > to;
      if (isInside && node.startIndex <= from && node.endIndex >= to) {
        const run = rangeOf(node, node, edit, source, delimited);
        if (run) return run;
      }
    }
    node = parent;
  }
  return { start: 0, end: source.length, edits: [edit] };
}

/** The statements just before and just after the range, or the outermost ones in it. */
function neighbours(list: Node, from: number, to: number): [Node | null, Node | null] {
  const inside = list.firstNamedChildForIndex(from);
  const beyond = list.firstNamedChildForIndex(to);
  return [inside?.previousNamedSibling ?? inside, beyond ?? list.lastNamedChild];
}

/** Undefined when lines end statements here and the first one does not begin its line. */
function rangeOf(
  first: Node,
  last: Node,
  edit: Edit,
  source: string,
  delimited: boolean,
): Run | undefined {
  const end = Math.max(last.endIndex, edit.end);
  if (delimited) return { start: Math.min(first.startIndex, edit.start), end, edits: [edit] };
  if (!opensLine(source, first.startIndex)) return undefined;
  return { start: Math.min(lineStart(source, first.startIndex), edit.start), end, edits: [edit] };
}

/** Whether the edits change more than comments and white space, as far as a glance can tell. */
function differs(source: string, run: Run, language: Language): boolean {
  const first = run.edits[0] as Edit;
  const last = run.edits.at(-1) as Edit;
  return (
    code(source.slice(first.start, last.end), language) !==
    code(applyEdits(source, run.edits, first.start, last.end), language)
  );
}

/** Without white space and anything that might be a comment. */
function code(text: string, language: Language): string {
  let rest = text;
  for (
    let at = rest.indexOf(language.comments.line);
    at !== -1;
    at = rest.indexOf(language.comments.line, at)
  ) {
    const newline = rest.indexOf('\n', at);
    rest = rest.slice(0, at) + (newline === -1 ? '' : rest.slice(newline));
  }
  return rest.replaceAll(/\/\*.*?\*\/|\s+/gs, '');
}
