// Says where a file changed, seen from its functions: whose body, or code that runs when the module is loaded.
import type { SyntaxNode } from '../../core/language.ts';

/** Half-open, in UTF-16 units of the file before the change. */
export interface Span {
  start: number;
  end: number;
}

/** A change inside the body of a function: it matters to those who enter it. */
export interface BodyChange {
  kind: 'body';
  /** The parts of the function that belong to no function inside it. */
  own: Span[];
  /** What was replaced; empty where something was only inserted. */
  site: Span;
  /** True when code that did not run before cannot matter now: no declaration comes or goes. */
  local: boolean;
}

/** A change that matters to everyone who loads the module. */
export interface ModuleChange {
  kind: 'module';
}

export type Change = BodyChange | ModuleChange;

const FUNCTIONS = new Set([
  'function_declaration',
  'function_expression',
  'function',
  'generator_function',
  'generator_function_declaration',
  'arrow_function',
  'method_definition',
]);

/** What stands between the members of a list. */
const SEPARATORS = new Set([',', ';']);

/** Declarations reach beyond the place where they stand. */
const DECLARES = /\b(?:var|let|const|using|function|class|import|export|enum|namespace)\b/;

/**
 * Compares two syntax trees of a file. An empty list means that both are the same program: they
 * differ in comments and blanks at most. Signatures count as code of what encloses the function.
 */
export function findChanges(
  before: SyntaxNode,
  after: SyntaxNode,
  texts: { before: string; after: string },
): Change[] {
  const changes: Change[] = [];

  // Whoever misses a method has run another one of its class, if only the constructor.
  const reportMembers = (body: SyntaxNode): void => {
    const members = body.children.filter(({ type }) => type === 'method_definition');
    const own = members.flatMap(ownParts);
    changes.push({ kind: 'body', own, site: spanOf(body), local: false });
  };

  const report = (owner: SyntaxNode | undefined, parent: SyntaxNode, from: Span, to: Span) => {
    if (owner === undefined) {
      changes.push({ kind: 'module' });
      return;
    }
    const declares = [
      texts.before.slice(from.start, from.end),
      texts.after.slice(to.start, to.end),
    ].some((text) => DECLARES.test(text));
    // The value of a case is compared although its body does not run.
    const compared = parent.type === 'switch_body' || parent.type === 'switch_case';
    changes.push({ kind: 'body', own: ownParts(owner), site: from, local: !declares && !compared });
  };

  const same = (a: SyntaxNode | undefined, b: SyntaxNode | undefined): boolean =>
    a !== undefined &&
    b !== undefined &&
    a.type === b.type &&
    texts.before.slice(a.startIndex, a.endIndex) === texts.after.slice(b.startIndex, b.endIndex);

  const visit = (owner: SyntaxNode | undefined, old: SyntaxNode, now: SyntaxNode): void => {
    if (same(old, now)) return;
    const [oldParts, nowParts] = [partsOf(old), partsOf(now)];
    if (old.type !== now.type || oldParts.length === 0 || nowParts.length === 0) {
      report(owner, old.parent ?? old, spanOf(old), spanOf(now));
      return;
    }
    let first = 0;
    while (same(oldParts[first], nowParts[first])) first += 1;
    let last = 0;
    const shorter = Math.min(oldParts.length, nowParts.length) - first;
    while (last < shorter && same(oldParts.at(-1 - last), nowParts.at(-1 - last))) last += 1;
    const oldRest = oldParts.slice(first, oldParts.length - last);
    const nowRest = nowParts.slice(first, nowParts.length - last);
    if (old.type === 'class_body' && areOtherMethods(oldRest, nowRest, texts)) {
      reportMembers(old);
      return;
    }
    if (oldRest.length !== nowRest.length) {
      const listed = [...oldRest, ...nowRest].every(
        ({ isNamed, type }) => isNamed || SEPARATORS.has(type),
      );
      report(
        owner,
        old,
        listed ? between(old, oldParts, first, oldRest.length) : spanOf(old),
        listed ? between(now, nowParts, first, nowRest.length) : spanOf(now),
      );
      return;
    }
    const body = FUNCTIONS.has(old.type) ? old.childForFieldName('body') : null;
    for (const [index, part] of oldRest.entries()) {
      const counterpart = nowRest[index];
      if (counterpart === undefined) continue;
      const inner = part.id === body?.id ? old : owner;
      if (!part.isNamed || !counterpart.isNamed) {
        // An operator is no place that runs: its operands are.
        report(owner, old, spanOf(old), spanOf(now));
      } else if (part.type !== counterpart.type) {
        report(inner, old, spanOf(part), spanOf(counterpart));
      } else visit(inner, part, counterpart);
    }
  };

  visit(undefined, before, after);
  return changes;
}

/** Methods came, went or moved, and nothing else of the class did. */
function areOtherMethods(
  before: readonly SyntaxNode[],
  after: readonly SyntaxNode[],
  texts: { before: string; after: string },
): boolean {
  if (![...before, ...after].every(isPlainMethod)) return false;
  const names = before.map((node) => nameOf(node, texts.before));
  return names.join() !== after.map((node) => nameOf(node, texts.after)).join();
}

function isPlainMethod(node: SyntaxNode): boolean {
  const name = node.childForFieldName('name');
  return node.type === 'method_definition' && name?.type !== 'computed_property_name';
}

function nameOf(node: SyntaxNode, text: string): string {
  const name = node.childForFieldName('name');
  return name === null ? '' : text.slice(name.startIndex, name.endIndex);
}

function partsOf(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter(({ type }) => type !== 'comment' && type !== 'html_comment');
}

const spanOf = ({ startIndex, endIndex }: SyntaxNode): Span => ({
  start: startIndex,
  end: endIndex,
});

/** From the first to the last of some neighbours, or the gap where they would stand. */
function between(
  parent: SyntaxNode,
  parts: readonly SyntaxNode[],
  first: number,
  count: number,
): Span {
  if (count > 0) {
    return {
      start: parts[first]?.startIndex ?? parent.startIndex,
      end: parts[first + count - 1]?.endIndex ?? parent.endIndex,
    };
  }
  return {
    start: parts[first - 1]?.endIndex ?? parent.startIndex,
    end: parts[first]?.startIndex ?? parent.endIndex,
  };
}

/** Where the parameters end the function has surely begun; engines differ on where it begins. */
function ownParts(owner: SyntaxNode): Span[] {
  const inner: SyntaxNode[] = [];
  const collect = (node: SyntaxNode): void => {
    for (const child of node.children) {
      if (FUNCTIONS.has(child.type)) inner.push(child);
      else collect(child);
    }
  };
  collect(owner);
  const parts: Span[] = [];
  const arrow = owner.children.find(({ type }) => type === '=>');
  let at = (arrow ?? owner.childForFieldName('body') ?? owner).startIndex;
  for (const { startIndex, endIndex } of inner.toSorted((a, b) => a.startIndex - b.startIndex)) {
    if (startIndex > at) parts.push({ start: at, end: startIndex });
    at = Math.max(at, endIndex);
  }
  if (owner.endIndex > at) parts.push({ start: at, end: owner.endIndex });
  return parts;
}
