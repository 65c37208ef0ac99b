import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from '../lib/process.ts';
import { sandboxes } from '../sandbox/registry.ts';
import { checkout } from './checkout.ts';
import { fresh, git, scratch } from './fixtures/git-repository.ts';
import { parseSource } from './parse-source.ts';

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const provider = await sandboxes.load('local');
const answer = await runProgram('npm', ['view', 'fastq', 'version'], { timeoutMs: 20_000 }).catch(
  () => undefined,
);
const offline = answer?.exitCode !== 0;

const take = (source: string) =>
  checkout(parseSource(source), { into: join(fresh(), 'repo'), provider });

// The ids are those of every machine: they depend on the published files alone.
test.skipIf(offline).each([
  ['npm:fastq@1.20.3', 'mcollina__fastq.60fba607', '1.20.3', 'ISC', 'test/test.js'],
  [
    'pypi:sqlparse==0.6.1',
    'andialbrecht__sqlparse.13aff8c4',
    '0.6.1',
    'BSD-3-Clause',
    'tests/test_parse.py',
  ],
])('%s becomes a clean copy', async (source, id, revision, license, file) => {
  const { repository, path } = await take(source);
  expect(repository).toMatchObject({ id, revision, license });
  const files = git(path, 'ls-files').split('\n');
  expect(files).toContain(file);
  expect(files.filter((name) => name.includes('egg-info'))).toEqual([]);
  expect(git(path, 'status', '--porcelain')).toBe('');
  expect(readdirSync(dirname(path))).toEqual(['repo']);
});

test.skipIf(offline).each(['npm:fastq@0.0.999', 'pypi:sqlparse==0.0.999'])(
  '%s does not exist',
  async (source) => {
    await expect(take(source)).rejects.toMatchObject({
      code: 'no-such-package',
      hint: expect.any(String) as string,
    });
  },
);
