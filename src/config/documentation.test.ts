import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scaleConfig } from './schema.ts';

const documentation = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

function leaves(value: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' &&
    inner !== null &&
    !Array.isArray(inner) &&
    Object.keys(inner).length > 0
      ? leaves(inner as Record<string, unknown>, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

test('every setting is documented', () => {
  const missing = leaves(scaleConfig.parse({})).filter(
    (name) => !documentation.includes(`\`${name}`),
  );
  expect(missing).toEqual([]);
});

test('documented defaults are the real ones', () => {
  const defaults = scaleConfig.parse({});
  const rows = [...documentation.matchAll(/^\| `([\w.]+)` \| `?([\w.]+)`? \|/gm)];
  const values = Object.fromEntries(
    rows.map(([, path = '', value]) => [
      path,
      [
        value,
        String(
          path
            .split('.')
            .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], defaults),
        ),
      ],
    ]),
  );
  expect(rows.length).toBeGreaterThan(10);
  for (const [path, [documented, real]] of Object.entries(values)) {
    if (/^\d/.test(documented ?? '') || real === documented)
      expect([path, documented]).toEqual([path, real]);
    else expect(['all', 'one', 'follows', 'none', 'as']).toContain(documented);
  }
});
