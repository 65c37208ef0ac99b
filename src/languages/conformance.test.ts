// Every language keeps the promises of its description: each query matches its own example, readably.
import { Query } from 'web-tree-sitter';
import { expect, test } from 'vitest';
import { syntaxRoleNames, syntaxRoles } from '../core/roles.ts';
import { languages } from './registry.ts';
import { openSyntax } from './syntax.ts';

for (const language of await languages.loadAll()) {
  const described = [
    ...language.entities.map((entity) => ({
      what: 'entity',
      captures: ['entity', 'body'],
      ...entity,
    })),
    ...language.complexity.map((branch) => ({
      what: 'complexity',
      captures: ['branch'],
      ...branch,
    })),
    ...syntaxRoleNames.flatMap((role) => {
      const queries = language.roles[role];
      const captures = ['site', ...syntaxRoles[role].captures];
      return 'absent' in queries
        ? []
        : queries.map((query) => ({ what: role, captures, ...query }));
    }),
    ...Object.entries(language.properties).flatMap(([property, queries]) =>
      'absent' in queries
        ? []
        : queries.map((query) => ({ what: property, captures: ['here'], ...query })),
    ),
  ];

  test(`${language.name}: every query matches its example and captures what it must`, async () => {
    const syntax = await openSyntax(language);
    for (const { what, query, example, captures } of described) {
      const tree = syntax.parse(example);
      expect({ what, example, unreadable: tree.rootNode.hasError }).toEqual({
        what,
        example,
        unreadable: false,
      });
      const matches = new Query(syntax.grammar, `(${query})`).matches(tree.rootNode);
      const found = matches.map((match) => match.captures.map(({ name }) => name));
      expect({ what, found }).toEqual({
        what,
        found: expect.arrayContaining([expect.arrayContaining(captures)]),
      });
      tree.delete();
    }
  });

  test(`${language.name}: one pattern per description`, async () => {
    const syntax = await openSyntax(language);
    expect(syntax.query.patternCount()).toBe(syntax.patterns.length);
  });
}
