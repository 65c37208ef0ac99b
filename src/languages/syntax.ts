// Opens a language's grammar once: a parser and every query of the description, compiled together.
import { Parser, Query } from 'web-tree-sitter';
import type { Language as Grammar, Tree } from 'web-tree-sitter';
import type { EntityQuery, Language } from '../core/language.ts';
import { syntaxRoleNames } from '../core/roles.ts';
import type { SyntaxRole } from '../core/roles.ts';
import { loadGrammar } from '../lib/grammar.ts';

/** What a match of the compiled query means. */
export type Pattern =
  | { kind: 'entity'; entity: EntityQuery }
  | { kind: 'branch' }
  | { kind: 'role'; role: SyntaxRole };

export interface Syntax {
  readonly language: Language;
  readonly grammar: Grammar;
  /** Entities, branches and roles in one query: a file is searched once. */
  readonly query: Query;
  /** By pattern index of `query`. */
  readonly patterns: readonly Pattern[];
  /** Parses a text; the caller deletes the tree. */
  parse(text: string): Tree;
}

const opened = new Map<Language, Promise<Syntax>>();

/** Opens a language, once per process. */
export function openSyntax(language: Language): Promise<Syntax> {
  const known = opened.get(language);
  if (known) return known;
  const syntax = open(language);
  opened.set(language, syntax);
  return syntax;
}

async function open(language: Language): Promise<Syntax> {
  const grammar = await loadGrammar(language.grammar);
  const parser = new Parser();
  parser.setLanguage(grammar);
  const { patterns, text } = compile(language);
  return {
    language,
    grammar,
    patterns,
    query: new Query(grammar, text),
    parse: (source) => parser.parse(source) as Tree,
  };
}

function compile(language: Language): { patterns: Pattern[]; text: string } {
  const patterns: Pattern[] = [];
  const queries: string[] = [];
  const add = (pattern: Pattern, query: string): void => {
    patterns.push(pattern);
    // Predicates must stand inside their pattern: a group makes any query one pattern.
    queries.push(`(${query})`);
  };
  for (const entity of language.entities) add({ kind: 'entity', entity }, entity.query);
  for (const { query } of language.complexity) add({ kind: 'branch' }, query);
  for (const role of syntaxRoleNames) {
    const described = language.roles[role];
    if ('absent' in described) continue;
    for (const { query } of described) add({ kind: 'role', role }, query);
  }
  return { patterns, text: queries.join('\n') };
}
