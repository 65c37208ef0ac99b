// Reads one file's text into its entities and, for each, the sites where mutators may act.
import type { Node, Tree } from 'web-tree-sitter';
import type { SyntaxNode } from '../core/language.ts';
import type { Site } from '../core/mutator.ts';
import { syntaxRoleNames, syntaxRoles } from '../core/roles.ts';
import type { EntityTarget, SyntaxRole } from '../core/roles.ts';
import type { EntityRef } from '../core/schema/index.ts';
import { describeEntity } from './describe.ts';
import type { Syntax } from './syntax.ts';

/** A function or class, found and placed; what is costly to say about it is said when asked. */
export interface Entity {
  readonly target: EntityTarget;
  readonly node: SyntaxNode;
  readonly body: SyntaxNode;
  /** Where its text begins for a reader: the binding, when it has one. */
  readonly declaration: SyntaxNode;
  /** Qualified by what encloses it. */
  readonly name: string;
  /** Name and position: unique in the file. */
  readonly key: string;
  readonly parent: Entity | undefined;
  readonly complexity: number;
  readonly sites: ReadonlyMap<SyntaxRole, readonly Site[]>;
  /** The stored form. */
  readonly ref: EntityRef;
}

export interface Scan extends Disposable {
  readonly path: string;
  readonly source: string;
  readonly syntax: Syntax;
  readonly tree: Tree;
  /** In order of position, without those in or around text that the grammar could not read. */
  readonly entities: readonly Entity[];
  /** Entities left out because of unreadable text. */
  readonly unreadable: number;
}

interface Draft {
  target: EntityTarget;
  node: Node;
  body: Node;
  declaration: Node;
  ownName: string;
  parent: Draft | undefined;
  branches: number;
  sites: Map<SyntaxRole, Site[]>;
  entity: Entity | undefined;
}

const roleNumber = Object.fromEntries(
  syntaxRoleNames.map((role, index) => [role, index]),
) as Record<SyntaxRole, number>;

/** Finds a file's entities. Dispose the scan to free its tree. */
export function scanSource(syntax: Syntax, path: string, source: string): Scan {
  const tree = syntax.parse(source);
  const drafts = new Map<number, Draft>();
  const branches: number[] = [];
  const sites = new Map<number, FoundSite>();

  for (const match of syntax.query.matches(tree.rootNode)) {
    const pattern = syntax.patterns[match.patternIndex];
    if (pattern === undefined) continue;
    if (pattern.kind === 'branch') {
      const node = match.captures[0]?.node;
      if (node) branches.push(node.startIndex);
    } else if (pattern.kind === 'role') {
      const site = new FoundSite(pattern.role, match.captures);
      if (isAnnotation(site.node, syntax.language.annotations)) continue;
      // A comparison chain has one site per operator; everything else one per node.
      const key = pattern.role === 'comparison' ? site.part('operator').id : site.node.id;
      const seen = roleNumber[pattern.role] * 2 ** 32 + key;
      if (!sites.has(seen)) sites.set(seen, site);
    } else {
      const part = (name: string): Node | undefined =>
        match.captures.find((capture) => capture.name === name)?.node;
      const node = part('entity');
      const body = part('body');
      if (!node || !body || drafts.has(node.id)) continue;
      const name = part('name');
      drafts.set(node.id, {
        target: pattern.entity.target,
        node,
        body,
        declaration: part('declaration') ?? node,
        ownName:
          pattern.entity.name ??
          (name ? source.slice(name.startIndex, name.endIndex).replaceAll(/\s+/g, '') : ''),
        parent: undefined,
        branches: 0,
        sites: new Map(),
        entity: undefined,
      });
    }
  }

  const ordered = [...drafts.values()].sort(
    (one, other) =>
      one.node.startIndex - other.node.startIndex || other.node.endIndex - one.node.endIndex,
  );
  nest(ordered);
  countBranches(ordered, branches);
  placeSites(ordered, [...sites.values()]);

  const readable = tree.rootNode.hasError ? ordered.filter(outsideOf(errorLines(tree))) : ordered;
  const entities = readable.map((draft) => finish(draft, path, syntax, source));
  return {
    path,
    source,
    syntax,
    tree,
    entities,
    unreadable: ordered.length - readable.length,
    [Symbol.dispose]: () => tree.delete(),
  };
}

function isAnnotation(
  node: SyntaxNode,
  annotations: Readonly<Record<string, string>> | undefined,
): boolean {
  const holder = annotations?.[node.type];
  if (holder === undefined) return false;
  let parent = node.parent;
  while (parent?.type === node.type) parent = parent.parent;
  return parent?.type === holder;
}

class FoundSite implements Site {
  readonly role: SyntaxRole;
  readonly node: SyntaxNode;
  readonly #captures: readonly { name: string; node: Node }[];

  constructor(role: SyntaxRole, captures: readonly { name: string; node: Node }[]) {
    this.role = role;
    this.#captures = captures;
    this.node = this.part('site');
  }

  part(name: string): SyntaxNode {
    for (const capture of this.#captures) if (capture.name === name) return capture.node;
    throw new TypeError(`the role "${this.role}" has no part "${name}" here`);
  }
}

function nest(ordered: readonly Draft[]): void {
  const open: Draft[] = [];
  for (const draft of ordered) {
    while (open.length > 0 && (open.at(-1) as Draft).node.endIndex <= draft.node.startIndex)
      open.pop();
    draft.parent = open.at(-1);
    open.push(draft);
  }
}

/** Walks positions and entities together; gives each position the innermost entity that holds it. */
function sweep(
  ordered: readonly Draft[],
  positions: readonly number[],
  place: (draft: Draft, index: number) => void,
): void {
  const open: Draft[] = [];
  let next = 0;
  for (const [index, position] of positions.entries()) {
    for (
      let draft = ordered[next];
      draft && draft.node.startIndex <= position;
      draft = ordered[next]
    ) {
      open.push(draft);
      next += 1;
    }
    while (open.length > 0 && (open.at(-1) as Draft).node.endIndex <= position) open.pop();
    const innermost = open.at(-1);
    if (innermost) place(innermost, index);
  }
}

function countBranches(ordered: readonly Draft[], branches: number[]): void {
  branches.sort((one, other) => one - other);
  sweep(ordered, branches, (draft) => {
    draft.branches += 1;
  });
  for (const draft of [...ordered].reverse()) {
    if (draft.parent) draft.parent.branches += draft.branches;
  }
}

function placeSites(ordered: readonly Draft[], sites: FoundSite[]): void {
  for (const target of ['function', 'class'] as const) {
    const holders = ordered.filter((draft) => draft.target === target);
    const theirs = sites
      .filter((site) => syntaxRoles[site.role].within === target)
      .sort(
        (one, other) =>
          one.node.startIndex - other.node.startIndex || other.node.endIndex - one.node.endIndex,
      );
    sweep(
      holders,
      theirs.map((site) => site.node.startIndex),
      (draft, index) => {
        const site = theirs[index] as FoundSite;
        const list = draft.sites.get(site.role);
        if (list) list.push(site);
        else draft.sites.set(site.role, [site]);
      },
    );
  }
}

/** Line ranges of unreadable text, one line wider on both sides. */
function errorLines(tree: Tree): (readonly [number, number])[] {
  return tree.rootNode
    .descendantsOfType('ERROR')
    .map((node) => [node.startPosition.row - 1, node.endPosition.row + 1] as const);
}

function outsideOf(errors: readonly (readonly [number, number])[]): (draft: Draft) => boolean {
  return ({ node }) =>
    !node.hasError &&
    !errors.some(([from, to]) => from <= node.endPosition.row && to >= node.startPosition.row);
}

function finish(draft: Draft, path: string, syntax: Syntax, source: string): Entity {
  const parent =
    draft.parent && (draft.parent.entity ?? finish(draft.parent, path, syntax, source));
  const name = parent ? `${parent.name}.${draft.ownName}` : draft.ownName;
  let ref: EntityRef | undefined;
  const entity: Entity = {
    target: draft.target,
    node: draft.node,
    body: draft.body,
    declaration: draft.declaration,
    name,
    key: `${name}@${draft.node.startIndex}`,
    parent,
    complexity: 1 + draft.branches,
    sites: draft.sites,
    get ref() {
      return (ref ??= describeEntity(
        entity,
        path,
        source,
        syntax.language,
        draft.node.startPosition.row,
        draft.node.endPosition.row,
      ));
    },
  };
  draft.entity = entity;
  return entity;
}
