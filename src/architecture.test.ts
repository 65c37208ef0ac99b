// Proves the floors: a room imports only rooms below it, never its neighbours.
import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('.', import.meta.url));

const floors: readonly (readonly string[])[] = [
  ['core'],
  ['lib'],
  ['config', 'languages', 'frameworks', 'sandbox', 'llm', 'store'],
  ['kit.ts'],
  ['repo', 'mutators', 'analysis', 'agent', 'stats'],
  ['strategies', 'validation', 'issues', 'documents'],
  ['pipelines'],
  ['export', 'curate'],
  ['cli', 'web', 'worker'],
  // The package's doors: named re-exports, and the suites that extension authors run.
  ['index.ts', 'define.ts', 'schema.ts', 'testing'],
];

const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));
const roomOf = (path: string): string => path.split('/')[0] ?? path;

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = text.matchAll(
    /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(?<specifier>\.{1,2}\/[^'"]+)\1/g,
  );
  return [...specifiers].map((match) => ({
    from: file,
    to: relative(source, join(source, dirname(file), match.groups?.['specifier'] ?? ''))
      .split(sep)
      .join('/'),
  }));
}

const files = globSync('**/*.ts', { cwd: source })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => !file.includes('/fixtures/'));

const production = files.filter((file) => !file.endsWith('.test.ts'));

test('every room stands on a floor', () => {
  const homeless = production.filter((file) => floorOf(roomOf(file)) === -1);
  expect(homeless).toEqual([]);
});

test('imports only go down', () => {
  const wrong = production
    .flatMap(importsOf)
    .filter(({ to }) => !to.startsWith('..'))
    .filter(({ from, to }) => {
      const [above, below] = [roomOf(from), roomOf(to)];
      return above !== below && floorOf(below) >= floorOf(above);
    })
    .map(({ from, to }) => `${from} imports ${to}`);
  expect(wrong).toEqual([]);
});

test('core and lib know no input or output beyond their own', () => {
  const noisy = production
    .filter((file) => file.startsWith('core/'))
    .filter((file) => /from 'node:(?!crypto)/.test(readFileSync(join(source, file), 'utf8')));
  expect(noisy).toEqual([]);
});

test('every file says in its first line why it exists', () => {
  const silent = production.filter(
    (file) => !/^(?:#!.*\n)?(?:\/\/|\/\*\*)/.test(readFileSync(join(source, file), 'utf8')),
  );
  expect(silent).toEqual([]);
});

test('no file is named by where it is rather than what it does', () => {
  const vague = files.filter((file) =>
    /(?:^|\/)(?:utils?|helpers?|common|misc|manager)\b/.test(file),
  );
  expect(vague).toEqual([]);
});
