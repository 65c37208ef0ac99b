// The generator's promises: same seed, same candidates; exact patches; honest samples.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Candidate } from '../core/schema/index.ts';
import { candidate as candidateSchema } from '../core/schema/index.ts';
import { applyPatch, reversePatch } from '../lib/diff.ts';
import { runProgram } from '../lib/process.ts';
import { languages } from '../languages/registry.ts';
import { openSyntax } from '../languages/syntax.ts';
import { generateCandidates } from './procedural.ts';
import type { ProceduralOptions } from './procedural.ts';

// A busy machine may take long; none of these tests is about time.
vi.setConfig({ testTimeout: 60_000 });

const python = `import os


class Account(Base):
    """An account — with ünïcödé and 😀."""

    def __init__(self, owner, limit=10):
        self.owner = owner; self.limit = limit
        self.entries = []

    @property
    def total(self):
        total = 0
        for amount, sign in self.entries:
            if sign > 0 and amount >= 1:
                total += amount * 2 - 1
            elif sign < 0:
                total -= amount
            else:
                # nothing moves
                total = total
        return total

    def book(self, amount, sign=1):
        with self.lock():
            try:
                if amount + sign * 2 - 3 > self.limit << 1:
                    raise ValueError("😀" + str(amount))
                else:
                    self.entries.append((amount, sign))
            except KeyError as error:
                return -1
        while amount: amount -= 1
        return self.total - 0x10
`;

const javascript = `'use strict'

class Account extends Base {
  total = 1
  double = this.total * 2

  book (amount, sign = 1) {
    try {
      if (amount + sign * 2 - 3 > this.limit << 1) {
        throw new Error('😀' + amount)
      } else if (amount === null || sign <= 0) {
        this.entries.push([amount, sign])
      } else this.last = amount
    } catch (error) { return -1 }
    for (const entry of this.entries) { amount -= entry - 1 }
    return this.sum() - 0x10 // ünïcödé
  }

  sum () {
    let total = 0
    for (let i = 0; i < this.entries.length; i++) {
      if (this.entries[i] && i % 2 === 1) total += this.entries[i]
    }
    return total
  }
}
`;

/** The same program in forms that break careless tools. */
const forms: Record<string, (text: string) => string> = {
  plain: (text) => text,
  crlf: (text) => text.replaceAll('\n', '\r\n'),
  'no-final-newline': (text) => text.trimEnd(),
  'byte-order-mark': (text) => `\uFEFF${text}`,
  tabs: (text) => text.replaceAll(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4)),
  'form-feeds': (text) => text.replaceAll('\n\n', '\n\f\n'),
};

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'swemint-procedural-'));
  for (const [form, change] of Object.entries(forms)) {
    await mkdir(join(root, 'src', form), { recursive: true });
    await writeFile(join(root, 'src', form, 'account.py'), change(python));
    await writeFile(join(root, 'src', form, 'account.js'), change(javascript));
    await writeFile(join(root, 'src', form, 'account.ts'), change(javascript));
  }
  await mkdir(join(root, 'src', '__tests__'), { recursive: true });
  for (const path of [
    'src/__tests__/a.js',
    'src/a.spec.ts',
    'src/test_a.py',
    'src/testimonials.ts',
  ]) {
    await writeFile(join(root, path), path.endsWith('.py') ? python : javascript);
  }
  await writeFile(join(root, 'src', 'latin.py'), Buffer.from('x = "\xe9"\n', 'latin1'));
  await writeFile(join(root, 'src', 'bundle.js'), `var a=${'1+'.repeat(9000)}1`);
});
afterAll(() => rm(root, { recursive: true }));

/** Everything is likely and nothing too simple, so that small files give many candidates. */
const eager = Object.fromEntries(
  [
    'op_change',
    'flip_operators',
    'op_swap',
    'op_break_chains',
    'op_change_const',
    'ctrl_invert_if',
    'ctrl_invert_if_elif',
    'ctrl_shuffle',
    'class_rm_base',
    'class_shuffle_funcs',
    'class_rm_funcs',
    'remove_loop',
    'remove_cond',
    'remove_assign',
    'remove_wrapper',
    'unwrap_wrapper',
  ].map((name) => [`func_pm_${name}`, { likelihood: 0.5, minComplexity: 0, maxComplexity: 1000 }]),
);

async function collect(options: Partial<ProceduralOptions> = {}): Promise<Candidate[]> {
  const { candidates } = generateCandidates({
    root,
    seed: 24,
    settings: eager,
    perEntity: 4,
    ...options,
  });
  return Array.fromAsync(candidates);
}

test('git applies every patch to exactly the intended text, which parses, and takes it back', async () => {
  const made = await collect({ maxCandidates: 500 });
  expect(made.length).toBe(500);
  const folder = await mkdtemp(join(tmpdir(), 'swemint-apply-'));
  const git = async (patch: string): Promise<void> => {
    const result = await runProgram('git', ['apply', '--whitespace=nowarn', '-'], {
      cwd: folder,
      input: patch,
      env: { GIT_CEILING_DIRECTORIES: dirname(folder) },
    });
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  };
  try {
    const cases = await Promise.all(
      made.map(async (one, index) => {
        const before = await readFile(join(root, one.entity.path), 'utf8');
        const path = `${index}/${one.entity.path}`;
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), before);
        const patch = one.patch.replaceAll(one.entity.path, path);
        return { one, path, before, patch, after: applyPatch(before, one.patch) };
      }),
    );
    await git(cases.map(({ patch }) => patch).join(''));
    for (const { path, after } of cases)
      expect(await readFile(join(folder, path), 'utf8')).toBe(after);
    await git(cases.map(({ patch }) => reversePatch(patch)).join(''));
    for (const { path, before } of cases)
      expect(await readFile(join(folder, path), 'utf8')).toBe(before);

    const syntaxes = new Map(
      await Promise.all(
        (await languages.loadAll()).map(async (one) => [one.name, await openSyntax(one)] as const),
      ),
    );
    for (const { one, after } of cases) {
      const syntax = syntaxes.get(one.language);
      if (!syntax) throw new Error(`no grammar for ${one.language}`);
      const tree = syntax.parse(after ?? '');
      expect({ patch: one.patch, unreadable: tree.rootNode.hasError }).toEqual({
        patch: one.patch,
        unreadable: false,
      });
      tree.delete();
    }
    const images = new Set(cases.map(({ one, after }) => `${one.entity.path}\n${after ?? ''}`));
    expect(images.size).toBe(cases.length);
    expect(new Set(made.map(({ id }) => id)).size).toBe(cases.length);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('candidates satisfy their schema and say what was done', async () => {
  for (const one of await collect({ include: ['src/plain/**'] })) {
    candidateSchema.parse(one);
    expect(one.explanation).toMatch(/^In `[\w.]+`, \w.*\.$/s);
  }
});

test('the order of files changes nothing but order', async () => {
  const paths = Object.keys(forms).flatMap((form) => [
    `src/${form}/account.py`,
    `src/${form}/account.ts`,
  ]);
  const ids = async (files: string[]): Promise<string[]> =>
    (await collect({ files })).map(({ id }) => id).sort();
  expect(await ids(paths)).toEqual(await ids(paths.toReversed()));
  const alone = await collect({ files: ['src/plain/account.py'] });
  const together = (await collect({ files: paths })).filter(
    ({ entity }) => entity.path === 'src/plain/account.py',
  );
  expect(together).toEqual(alone);
});

test('a sample is the beginning of every larger one, part of all, and from everywhere', async () => {
  const all = new Set((await collect()).map(({ id }) => id));
  const large = await collect({ maxCandidates: 120 });
  const small = await collect({ maxCandidates: 40 });
  expect(large).toHaveLength(120);
  expect(large.slice(0, 40)).toEqual(small);
  expect(large.every(({ id }) => all.has(id))).toBe(true);
  expect(new Set(small.map(({ entity }) => entity.path)).size).toBeGreaterThan(8);
  expect(new Set(small.map(({ mutator }) => mutator)).size).toBeGreaterThan(8);
});

test('another seed gives other candidates', async () => {
  const one = (await collect({ maxCandidates: 30 })).map(({ id }) => id);
  const other = (await collect({ maxCandidates: 30, seed: 25 })).map(({ id }) => id);
  expect(other).not.toEqual(one);
});

test('tests and unreadable files are left out, by whole path segments', async () => {
  const generation = generateCandidates({ root, seed: 24, settings: eager });
  const paths = new Set<string>();
  for await (const { entity } of generation.candidates) paths.add(entity.path);
  expect(paths).toContain('src/testimonials.ts');
  expect([...paths].filter((path) => /__tests__|spec|test_a/.test(path))).toEqual([]);
  expect(generation.summary()).toMatchObject({
    skippedFiles: { 'not-utf-8': 1, minified: 1 },
    unreadable: {},
    unreadableEntities: 0,
  });
});

test('a language means its family, and an unknown mutator is named', async () => {
  const made = await collect({ language: 'typescript', maxCandidates: 60 });
  expect(new Set(made.map(({ language }) => language))).toEqual(
    new Set(['javascript', 'typescript']),
  );
  await expect(collect({ mutators: ['func_pm_nonsense'] })).rejects.toMatchObject({
    code: 'unknown-mutator',
  });
});
