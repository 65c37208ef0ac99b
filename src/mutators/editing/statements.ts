// Deletes statements the way the language asks for: whole lines, never an empty block, never a torn clause.
import type { Edit } from '../../core/mutator.ts';
import type { Language, SyntaxNode } from '../../core/language.ts';
import { closesLine, indentOf, lineStart, nextLine, opensLine } from './lines.ts';

/** The statements of a list, without comments and other parts. */
export function statementsOf(list: SyntaxNode, language: Language): SyntaxNode[] {
  const skipped = (language.statements.lists[list.type] ?? [])
    .map((field) => list.childForFieldName(field)?.id)
    .filter((id) => id !== undefined);
  return list.namedChildren.filter(
    (child) =>
      child.type !== language.comments.node &&
      !language.statements.attached.includes(child.type) &&
      !skipped.includes(child.id),
  );
}

/** Where a statement begins for a reader: its decorators and the comment lines right above it. */
export function leadOf(node: SyntaxNode, source: string, language: Language): number {
  let start = node.startIndex;
  for (let before = siblingBefore(node, language); before; before = before.previousSibling) {
    const isComment = before.type === language.comments.node;
    if (!isComment && !language.statements.attached.includes(before.type)) break;
    const between = source.slice(before.endIndex, start);
    if (
      isComment &&
      !(opensLine(source, before.startIndex) && /^[^\S\n]*\n[^\S\n]*$/.test(between))
    )
      break;
    if (isComment && indentOf(source, before.startIndex) !== indentOf(source, start)) break;
    start = before.startIndex;
  }
  return start;
}

/** Comments above the first statement of a block without delimiters stand before the block itself. */
function siblingBefore(node: SyntaxNode, language: Language): SyntaxNode | null {
  const { delimited, neverEmpty } = language.statements;
  const list = node.parent;
  if (delimited || node.previousSibling || !list || !neverEmpty.includes(list.type)) {
    return node.previousSibling;
  }
  return list.previousSibling;
}

/**
 * Edits that delete the given statements or clauses. Undefined when one of them cannot go without
 * changing the meaning of what stays.
 */
export function removeStatements(
  nodes: readonly SyntaxNode[],
  source: string,
  language: Language,
): Edit[] | undefined {
  const edits: Edit[] = [];
  const byList = new Map<number, { list: SyntaxNode; nodes: SyntaxNode[] }>();
  for (const node of nodes) {
    const parent = node.parent;
    if (!parent) return undefined;
    const { clauses, lists, bare } = language.statements;
    if (clauses.includes(node.type)) edits.push(clauseEdit(node));
    else if (clauses.includes(parent.type)) edits.push(clauseEdit(parent));
    else if (parent.type in lists) {
      const group = byList.get(parent.id);
      if (group) group.nodes.push(node);
      else byList.set(parent.id, { list: parent, nodes: [node] });
    } else if (
      bare.parents.includes(parent.type) ||
      bare.fields.some((field) => parent.childForFieldName(field)?.id === node.id)
    ) {
      edits.push({ start: node.startIndex, end: node.endIndex, text: bare.placeholder });
    } else return undefined;
  }
  for (const group of byList.values()) {
    const more = removeFromList(group.list, group.nodes, source, language);
    if (!more) return undefined;
    edits.push(...more);
  }
  return edits;
}

function clauseEdit(clause: SyntaxNode): Edit {
  let before = clause.previousSibling;
  while (before && !before.isNamed) before = before.previousSibling;
  return { start: before?.endIndex ?? clause.startIndex, end: clause.endIndex, text: '' };
}

function removeFromList(
  list: SyntaxNode,
  nodes: readonly SyntaxNode[],
  source: string,
  language: Language,
): Edit[] | undefined {
  const all = statementsOf(list, language);
  const removed = new Set(nodes.map((node) => node.id));
  const kept = all.filter((node) => !removed.has(node.id));
  if (joinsLines(all, removed, source, language)) return undefined;
  if (kept.length === 0 && language.statements.neverEmpty.includes(list.type)) {
    return [placeholderFor(all, source, language)];
  }
  return runsOf(all, removed).map((run) => removalOf(run, source, language));
}

function placeholderFor(all: readonly SyntaxNode[], source: string, language: Language): Edit {
  const [first, last] = [all[0] as SyntaxNode, all.at(-1) as SyntaxNode];
  const lead = leadOf(first, source, language);
  // A comment above may go only as whole lines: `if a: # why` keeps its own.
  const start = opensLine(source, first.startIndex) ? lead : first.startIndex;
  return { start, end: last.endIndex, text: language.statements.placeholder };
}

/** Neighbouring statements that go together, with what stays on both sides of them. */
interface Run {
  first: SyntaxNode;
  last: SyntaxNode;
  previous: SyntaxNode | undefined;
  next: SyntaxNode | undefined;
}

function runsOf(all: readonly SyntaxNode[], removed: ReadonlySet<number>): Run[] {
  const runs: Run[] = [];
  for (const [index, node] of all.entries()) {
    if (!removed.has(node.id)) continue;
    const [previous, next] = [all[index - 1], all[index + 1]];
    const open = runs.at(-1);
    if (open && previous && open.last.id === previous.id) {
      open.last = node;
      open.next = next;
    } else runs.push({ first: node, last: node, previous, next });
  }
  return runs;
}

/** Whether the statements that become neighbours would be read as one. */
function joinsLines(
  all: readonly SyntaxNode[],
  removed: ReadonlySet<number>,
  source: string,
  language: Language,
): boolean {
  const { joins } = language.statements;
  if (!joins) return false;
  const kept = all.filter((node) => !removed.has(node.id));
  return kept.some((node, index) => {
    const next = kept[index + 1];
    return next !== undefined && runsInto(node, next, source, joins);
  });
}

/** Whether `first`, when `second` follows on the next line, would swallow it. */
export function runsInto(
  first: SyntaxNode,
  second: SyntaxNode,
  source: string,
  joins: RegExp,
): boolean {
  const last = source[first.endIndex - 1];
  return (
    last !== ';' &&
    last !== '}' &&
    joins.test(source.slice(second.startIndex, second.startIndex + 12))
  );
}

/** Takes a blank line along where two would meet, or one would open or end a block: a gap tells where to look. */
function withoutGap(lines: Edit, hasPrevious: boolean, hasNext: boolean, source: string): Edit {
  const above = lineStart(source, Math.max(0, lines.start - 1));
  const isBlankAbove = lines.start > 0 && source.slice(above, lines.start).trim() === '';
  const below = nextLine(source, lines.end);
  const isBlankBelow = below > lines.end && source.slice(lines.end, below).trim() === '';
  if (isBlankBelow && hasNext && (isBlankAbove || !hasPrevious)) return { ...lines, end: below };
  if (isBlankAbove && hasPrevious && !hasNext && !isBlankBelow) return { ...lines, start: above };
  return lines;
}

function removalOf(run: Run, source: string, language: Language): Edit {
  const { first, last, previous, next } = run;
  const end = source[last.endIndex] === ';' ? last.endIndex + 1 : last.endIndex;
  const start = leadOf(first, source, language);
  if (opensLine(source, start) && closesLine(source, end, language.comments.line)) {
    const lines = { start: lineStart(source, start), end: nextLine(source, end), text: '' };
    return withoutGap(lines, previous !== undefined, next !== undefined, source);
  }
  if (next && !source.slice(end, next.startIndex).includes('\n')) {
    return { start: first.startIndex, end: next.startIndex, text: '' };
  }
  if (previous && !source.slice(previous.endIndex, first.startIndex).includes('\n')) {
    return { start: previous.endIndex, end: last.endIndex, text: '' };
  }
  return { start: first.startIndex, end, text: '' };
}
