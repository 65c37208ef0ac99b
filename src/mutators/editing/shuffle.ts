// Changes the order of statements or members, each with its comments and decorators.
import type { SyntaxNode } from '../../core/language.ts';
import type { Edit, Scene } from '../../core/mutator.ts';
import { closesLine, lineEnd, opensLine } from './lines.ts';
import { leadOf, runsInto, statementsOf } from './statements.ts';

/** Shuffles the movable statements of a block among their places; the last one stays last. */
export function shuffleStatements(block: SyntaxNode, scene: Scene): Edit[] | undefined {
  const rules = scene.language.statements;
  const statements = statementsOf(block, scene.language);
  const movable = statements
    .slice(0, -1)
    .filter((node) => !rules.fixed(node, scene.text(node)) && !rules.leaving.includes(node.type));
  return shuffleNodes(statements, movable, scene);
}

/** Shuffles the members of a class; undefined where nothing could tell one order from another. */
export function shuffleMembers(scene: Scene): Edit[] | undefined {
  const members = scene.sites('member');
  const list = members[0]?.node.parent;
  if (!list || members.some((member) => member.node.parent?.id !== list.id)) return undefined;
  const names = members.map((member) => scene.text(member.part('name')));
  const runs = members.map(({ node }) => {
    const definition = node.childForFieldName('definition') ?? node;
    const end = definition.childForFieldName('body')?.startIndex ?? node.endIndex;
    return new Set(scene.source.slice(node.startIndex, end).match(/[\w$]+/g));
  });
  const isObserved = names.some((name, index) =>
    members.some(
      (_, other) => other !== index && (names[other] === name || runs[other]?.has(name)),
    ),
  );
  if (!isObserved) return undefined;
  return shuffleNodes(
    statementsOf(list, scene.language),
    members.map((member) => member.node),
    scene,
  );
}

function shuffleNodes(
  all: readonly SyntaxNode[],
  movable: readonly SyntaxNode[],
  scene: Scene,
): Edit[] | undefined {
  if (movable.length < 2) return undefined;
  const { source, language } = scene;
  const places = movable.map((node) => placeOf(node, scene));
  if (places.some((place) => place === undefined)) return undefined;
  const ranges = places as { start: number; end: number }[];
  const texts = ranges.map(({ start, end }) => source.slice(start, end));

  const order = scene.random.shuffle(movable.map((_, index) => index));
  if (order.every((from, to) => codeOf(movable[from], scene) === codeOf(movable[to], scene))) {
    return undefined;
  }
  const { joins } = language.statements;
  if (joins) {
    const moved = new Map(movable.map((node, to) => [node.id, movable[order[to] ?? to]]));
    const after = all.map((node) => moved.get(node.id) ?? node);
    if (
      after.some(
        (node, index) => index > 0 && runsInto(after[index - 1] ?? node, node, source, joins),
      )
    ) {
      return undefined;
    }
  }
  return ranges
    .map((range, to) => ({ ...range, text: texts[order[to] ?? to] ?? '' }))
    .filter((edit, to) => edit.text !== texts[to]);
}

function codeOf(node: SyntaxNode | undefined, scene: Scene): string {
  return node ? scene.text(node) : '';
}

/** Whole lines only: a statement that shares a line with another cannot move safely. */
function placeOf(
  node: SyntaxNode,
  { source, language }: Scene,
): { start: number; end: number } | undefined {
  const start = leadOf(node, source, language);
  const end = source[node.endIndex] === ';' ? node.endIndex + 1 : node.endIndex;
  if (!opensLine(source, start) || !closesLine(source, end, language.comments.line))
    return undefined;
  return { start, end: lineEnd(source, end) };
}
