// Every mutator against every language: fixtures show that it fires and all that it can do.
import { expect, test } from 'vitest';
import { languages } from '../languages/registry.ts';
import { reachableOutcomes } from '../testing/mutant-outcomes.ts';
import { fixtures } from './mutators.fixtures.ts';
import { mutators } from './registry.ts';

for (const language of await languages.loadAll()) {
  for (const mutator of await mutators.loadAll()) {
    const absent = mutator.roles.flatMap((role) => {
      const described = language.roles[role];
      return 'absent' in described ? [described.absent] : [];
    });
    if (absent.length === mutator.roles.length) {
      test(`${mutator.name} does not apply to ${language.name}, which says why`, () => {
        expect(absent.every((reason) => reason.length > 10)).toBe(true);
      });
      continue;
    }
    test(`${mutator.name} in ${language.name}`, async () => {
      const cases = fixtures[mutator.name]?.[language.family] ?? [];
      expect(cases.some(([, outcomes]) => outcomes.length > 0)).toBe(true);
      for (const [input, outcomes] of cases) {
        expect(await reachableOutcomes(mutator, language, input)).toEqual([...outcomes].sort());
      }
    });
  }
}

test('names and files agree, and every mutator has a fixture', async () => {
  expect((await mutators.loadAll()).map(({ name }) => name)).toEqual(mutators.names);
  expect(Object.keys(fixtures).sort()).toEqual([...mutators.names].sort());
});
