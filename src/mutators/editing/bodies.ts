// Exchanges the bodies of two branches, and takes a body out of its wrapper.
import type { SyntaxNode } from '../../core/language.ts';
import type { Edit, Scene, Site } from '../../core/mutator.ts';
import { depthOf, frozenIn, reindent } from './blocks.ts';
import { leadOf, runsInto, statementsOf } from './statements.ts';

interface Range {
  start: number;
  end: number;
}

/** Swaps `consequence` and `alternative`; undefined when the result would be the same or not code. */
export function swapBodies(site: Site, scene: Scene): Edit[] | undefined {
  const { source, language } = scene;
  const [first, second] = [site.part('consequence'), site.part('alternative')];
  if (language.statements.delimited) {
    const isNested = [first, second].some((body) => body.type === site.node.type);
    if (isNested) return undefined;
    return exchange(first, scene.text(second), second, scene.text(first));
  }
  const [one, other] = [rangeOf(first, scene), rangeOf(second, scene)];
  const [oneDepth, otherDepth] = [depthOf(source, one.start), depthOf(source, other.start)];
  const isShort = [one, other].every(({ start, end }) => !source.slice(start, end).includes('\n'));
  if (oneDepth === undefined || otherDepth === undefined) {
    if (!isShort) return undefined;
    return exchange(
      one,
      source.slice(other.start, other.end),
      other,
      source.slice(one.start, one.end),
    );
  }
  const toFirst = reindent(other, otherDepth, oneDepth, source, frozenIn(second, source, language));
  const toSecond = reindent(one, oneDepth, otherDepth, source, frozenIn(first, source, language));
  if (toFirst === undefined || toSecond === undefined) return undefined;
  return exchange(one, toFirst, other, toSecond);
}

function exchange(
  one: Range | SyntaxNode,
  forOne: string,
  other: Range | SyntaxNode,
  forOther: string,
): Edit[] | undefined {
  if (forOne === forOther) return undefined;
  const edit = (place: Range | SyntaxNode, text: string): Edit =>
    'startIndex' in place
      ? { start: place.startIndex, end: place.endIndex, text }
      : { ...place, text };
  return [edit(one, forOne), edit(other, forOther)];
}

/** A body with the comment lines right above its first statement. */
function rangeOf(body: SyntaxNode, scene: Scene): Range {
  return { start: leadOf(body, scene.source, scene.language), end: body.endIndex };
}

/** Replaces a wrapper by its body, at the wrapper's depth. */
export function unwrap(site: Site, scene: Scene): Edit | undefined {
  const { source, language } = scene;
  const wrapper = site.node;
  const body = site.part('body');
  const statements = statementsOf(body, language);
  const first = statements[0];
  const last = body.namedChildren.at(-1);
  if (!first || !last) return undefined;
  const whole = { start: wrapper.startIndex, end: wrapper.endIndex };

  const { lists, blockScoped, delimited, joins } = language.statements;
  const standsAlone = wrapper.parent === null || !(wrapper.parent.type in lists);
  const scoped = statements.some((statement) => blockScoped.includes(statement.type));
  if (delimited && (standsAlone || scoped)) return { ...whole, text: scene.text(body) };

  const before = wrapper.previousSibling;
  if (joins && before?.isNamed === true && runsInto(before, first, source, joins)) return undefined;
  const range = { start: leadOf(first, source, language), end: last.endIndex };
  const from = depthOf(source, range.start);
  const to = depthOf(source, wrapper.startIndex);
  if (from === undefined || to === undefined) {
    const text = source.slice(first.startIndex, last.endIndex);
    return text.includes('\n') ? undefined : { ...whole, text };
  }
  const text = reindent(range, from, to, source, frozenIn(body, source, language));
  return text === undefined ? undefined : { ...whole, text };
}
