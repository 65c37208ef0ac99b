// Says about one entity what readers and later stages want to know: signature, docstring, stub, properties.
import { Query } from 'web-tree-sitter';
import type { Node } from 'web-tree-sitter';
import { contentHash } from '../core/ids.ts';
import { entityProperties } from '../core/language.ts';
import type { EntityProperty, Language } from '../core/language.ts';
import type { EntityRef } from '../core/schema/index.ts';
import type { Entity, Scan } from './scan.ts';
import type { Syntax } from './syntax.ts';

/** The stored form of an entity. Rows count from 0. */
export function describeEntity(
  entity: Pick<
    Entity,
    'name' | 'target' | 'node' | 'parent' | 'complexity' | 'declaration' | 'body'
  >,
  path: string,
  source: string,
  language: Language,
  startRow: number,
  endRow: number,
): EntityRef {
  return {
    id: contentHash(path, entity.name, `${entity.node.startIndex}`).slice(0, 16),
    path,
    name: entity.name,
    kind:
      entity.target === 'class'
        ? 'class'
        : entity.parent?.target === 'class'
          ? 'method'
          : 'function',
    startLine: startRow + 1,
    endLine: endRow + 1,
    complexity: entity.complexity,
    signature: signatureOf(entity, source, language),
  };
}

/** One line: everything before the body, without comments, `:` or `{`. */
function signatureOf(
  entity: Pick<Entity, 'declaration' | 'body'>,
  source: string,
  language: Language,
): string {
  const { declaration, body } = entity;
  let header = source.slice(declaration.startIndex, body.startIndex);
  if (header.includes(language.comments.line) || header.includes('/*')) {
    header = withoutComments(header, entity, language);
  }
  return header
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\s*[:{]$/, '');
}

function withoutComments(
  header: string,
  { declaration, body }: Pick<Entity, 'declaration' | 'body'>,
  language: Language,
): string {
  const comments = declaration
    .descendantsOfType(language.comments.node)
    .filter((comment) => comment.endIndex <= body.startIndex);
  let text = header;
  for (const { startIndex, endIndex } of comments.toReversed()) {
    text =
      text.slice(0, startIndex - declaration.startIndex) +
      text.slice(endIndex - declaration.startIndex);
  }
  return text;
}

/** The docstring as written, quotes or comment marks included; undefined when there is none. */
export function docstringOf(entity: Entity, scan: Scan): string | undefined {
  const node = scan.syntax.language.docstring(entity.node, entity.body);
  return node && scan.source.slice(node.startIndex, node.endIndex);
}

/** The entity with its body taken out: signature, docstring and the language's placeholder. */
export function stubOf(entity: Entity, scan: Scan): string {
  const lineStart = scan.source.lastIndexOf('\n', entity.declaration.startIndex - 1) + 1;
  const indent = /^[ \t]*/.exec(scan.source.slice(lineStart))?.[0] ?? '';
  return scan.syntax.language.stub({
    signature: entity.ref.signature,
    docstring: docstringOf(entity, scan),
    indent,
  });
}

/** All boolean properties of SWE-smith's entity model. */
export type Properties = Record<EntityProperty | 'is_function' | 'is_class', boolean>;

const compiled = new WeakMap<Syntax, { query: Query; properties: EntityProperty[] }>();

/** The properties of one entity; everything nested in it counts, as in SWE-smith. */
export function propertiesOf(entity: Entity, scan: Scan): Properties {
  const { query, properties } = propertyQuery(scan.syntax);
  const found = new Set<EntityProperty>();
  // Index limits of the library's queries count bytes; positions are reliable.
  const { startIndex, endIndex, startPosition, endPosition } = entity.node as unknown as Node;
  for (const match of query.matches(scan.tree.rootNode, { startPosition, endPosition })) {
    const here = match.captures.find((capture) => capture.name === 'here')?.node;
    const property = properties[match.patternIndex];
    if (here && property && here.startIndex >= startIndex && here.endIndex <= endIndex) {
      found.add(property);
    }
  }
  return {
    is_function: entity.target === 'function',
    is_class: entity.target === 'class',
    ...(Object.fromEntries(
      entityProperties.map((property) => [property, found.has(property)]),
    ) as Record<EntityProperty, boolean>),
  };
}

function propertyQuery(syntax: Syntax): { query: Query; properties: EntityProperty[] } {
  const known = compiled.get(syntax);
  if (known) return known;
  const properties: EntityProperty[] = [];
  const queries: string[] = [];
  for (const property of entityProperties) {
    for (const { query } of queriesOf(syntax.language, property)) {
      properties.push(property);
      queries.push(`(${query})`);
    }
  }
  const result = { query: new Query(syntax.grammar, queries.join('\n')), properties };
  compiled.set(syntax, result);
  return result;
}

function queriesOf(language: Language, property: EntityProperty): readonly { query: string }[] {
  const described = language.properties[property];
  return 'absent' in described ? [] : described;
}
