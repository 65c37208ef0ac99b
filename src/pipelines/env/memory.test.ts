// Neighbours are told by how they are built, and what has solved them is found again, most used first.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RememberedEnvironment } from '../../core/schema/index.ts';
import { factsOf } from '../../repo/fixtures/facts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { openMemory } from './memory.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-memory-'));
  file = join(folder, 'deep/memory.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function solved(repository: string, install: string, day: number): RememberedEnvironment {
  return {
    version: 1,
    repository,
    fingerprint: 'f',
    maker: { kind: 'agent', model: 'm', promptHash: 'p' },
    installScript: install,
    testScript: 'pytest',
    spec: {
      language: 'python',
      packageManager: 'pip',
      recipe: 'given',
      install: [install],
      env: {},
      test: { framework: 'pytest', args: [], env: {}, cwd: '.' },
    },
    date: `2026-01-0${day}T00:00:00.000Z`,
  };
}

const names = (found: readonly RememberedEnvironment[]): string[] =>
  found.map(({ repository }) => repository);

test('what solved more goes first, then what is newer; at most two', async () => {
  const memory = await openMemory(file);
  expect(memory.recall('f')).toEqual([]);
  await memory.remember(solved('a', 'one', 1));
  await memory.remember(solved('b', 'two', 2));
  await memory.remember(solved('c', 'three', 3));
  await memory.remember(solved('d', 'one', 1));
  expect(names(memory.recall('f'))).toEqual(['d', 'c']);
  expect(names((await openMemory(file)).recall('f'))).toEqual(['d', 'c']);
  expect(memory.recall('other')).toEqual([]);
});

test('a torn line is left out and what comes after it is kept', async () => {
  await (await openMemory(file)).remember(solved('a', 'one', 1));
  await appendFile(file, '{"version":1,"repos');
  const memory = await openMemory(file);
  await memory.remember(solved('b', 'two', 2));
  expect(names((await openMemory(file)).recall('f'))).toEqual(['b', 'a']);
  expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
});

test('another file is refused, not overwritten', async () => {
  const other = join(folder, 'notes.txt');
  await writeFile(other, 'my notes\nof today\n');
  await expect(openMemory(other)).rejects.toMatchObject({ code: 'bad-memory' });
  await expect(openMemory(folder)).rejects.toMatchObject({ code: 'bad-memory' });
  expect(await readFile(other, 'utf8')).toBe('my notes\nof today\n');
});

const python = (name: string, extra: string): Record<string, string> => ({
  'pyproject.toml': `[project]\nname = "${name}"\nversion = "1"\n[project.optional-dependencies]\n${extra} = []\n[build-system]\nrequires = ["hatchling>=1.${name.length}"]\nbuild-backend = "hatchling.build"\n`,
  'tox.ini': '',
  [`src/${name}.py`]: 'x = 1\n',
});

test('names, versions and sources do not matter; ways of building do', () => {
  const print = (files: Record<string, string>, language = 'python'): string =>
    fingerprintOf(factsOf(files), [language]);
  const one = print(python('one', 'test'));
  expect(print({ ...python('another', 'test'), 'docs/index.md': '' })).toBe(one);
  expect(print(python('one', 'tests'))).not.toBe(one);
  expect(print({ ...python('one', 'test'), 'poetry.lock': '' })).not.toBe(one);
  expect(print(python('one', 'test'), 'cython')).not.toBe(one);
  const node = (test: string): string =>
    print({ 'package.json': JSON.stringify({ name: test, scripts: { test } }) }, 'javascript');
  expect(node('mocha')).not.toBe(node('jest'));
});
