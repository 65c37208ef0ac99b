// Lets a mutator loose on one entity and turns what it proposes into edits that fit together.
import type { Edit, Mutation, Mutator, MutatorSettings, Scene, Site } from '../core/mutator.ts';
import type { SyntaxNode } from '../core/language.ts';
import type { Random } from '../core/random.ts';
import type { SyntaxRole } from '../core/roles.ts';
import type { Entity, Scan } from '../languages/scan.ts';
import { removeStatements } from './editing/statements.ts';

export interface Mutant {
  /** In order, without overlaps. */
  edits: readonly Edit[];
  /** What was done, one phrase per site. */
  did: readonly string[];
}

/** Whether a mutator considers an entity at all: target, complexity and syntax. */
export function isEligible(mutator: Mutator, settings: MutatorSettings, entity: Entity): boolean {
  return (
    entity.target === mutator.target &&
    entity.complexity >= settings.minComplexity &&
    entity.complexity <= settings.maxComplexity &&
    mutator.roles.some((role) => entity.sites.has(role)) &&
    (mutator.requires ?? []).every((role) => entity.sites.has(role))
  );
}

/** One draw: undefined when chance or the mutator itself decided to change nothing. */
export function mutateEntity(
  mutator: Mutator,
  settings: MutatorSettings,
  entity: Entity,
  scan: Scan,
  random: Random,
): Mutant | undefined {
  const scene = sceneOf(entity, scan, random, settings.likelihood);
  const sites = mutator.roles
    .flatMap((role) => scene.sites(role))
    .sort((one, other) => one.node.startIndex - other.node.startIndex);
  if (sites.length === 0) return undefined;
  const offered =
    mutator.choice === 'one' ? [random.pick(sites)] : sites.filter(() => scene.flip());

  const claimed: { start: number; end: number }[] = [];
  const edits: Edit[] = [];
  const removes: SyntaxNode[] = [];
  const did: string[] = [];
  for (const site of offered) {
    const mutation = mutator.mutate(site, scene);
    if (!mutation || mutation.edits.length + (mutation.removes?.length ?? 0) === 0) continue;
    const claims = claimsOf(mutation);
    if (claims.some((claim) => claimed.some((other) => overlap(claim, other)))) continue;
    if (mutation.removes && !removeStatements(mutation.removes, scan.source, scene.language))
      continue;
    claimed.push(...claims);
    edits.push(...mutation.edits);
    removes.push(...(mutation.removes ?? []));
    did.push(mutation.did);
  }
  const deletions = removeStatements(removes, scan.source, scene.language);
  if (!deletions || did.length === 0) return undefined;
  const all = [...edits, ...deletions]
    .map((edit) => spaced(edit, scan.source))
    .sort((one, other) => one.start - other.start || one.end - other.end);
  const tangled = all.some((edit, index) => edit.start < (all[index - 1]?.end ?? 0));
  return tangled ? undefined : { edits: all, did };
}

function sceneOf(entity: Entity, scan: Scan, random: Random, likelihood: number): Scene {
  const { source } = scan;
  return {
    source,
    language: scan.syntax.language,
    random,
    entity: entity.node,
    sites: (role: SyntaxRole): readonly Site[] => entity.sites.get(role) ?? [],
    text: (node) => source.slice(node.startIndex, node.endIndex),
    flip: () => random.chance(likelihood),
  };
}

function claimsOf(mutation: Mutation): { start: number; end: number }[] {
  return [
    ...mutation.edits,
    ...(mutation.removes ?? []).map((node) => ({ start: node.startIndex, end: node.endIndex })),
  ];
}

function overlap(
  one: { start: number; end: number },
  other: { start: number; end: number },
): boolean {
  return one.start < other.end && other.start < one.end;
}

/** Keeps a word from growing together with the word beside it: `return(a)+b`. */
function spaced(edit: Edit, source: string): Edit {
  if (edit.text === '') return edit;
  const joinsBefore = /\w/.test(source[edit.start - 1] ?? '') && /^\w/.test(edit.text);
  const joinsAfter = /\w/.test(source[edit.end] ?? '') && /\w$/.test(edit.text);
  if (!joinsBefore && !joinsAfter) return edit;
  return { ...edit, text: `${joinsBefore ? ' ' : ''}${edit.text}${joinsAfter ? ' ' : ''}` };
}
