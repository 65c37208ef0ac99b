import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SwemintEvent } from '../core/events.ts';
import { checkout } from './checkout.ts';
import { commit, fresh, git, listed, put, repository, scratch } from './fixtures/git-repository.ts';
import { parseSource } from './parse-source.ts';

afterAll(() => rmSync(scratch, { recursive: true }));

const take = async (source: string, emit?: (event: SwemintEvent) => void) =>
  checkout(parseSource(source), { into: join(fresh(), 'repo'), emit });

test('submodules become plain files, from where they lie or from their address', async () => {
  const inner = repository({ 'deep.py': 'z = 3\n' });
  const middle = repository({ 'middle.py': 'y = 2\n' });
  git(middle, 'submodule', '--quiet', 'add', inner, 'inner');
  commit(middle);
  const outer = repository({ 'outer.py': 'x = 1\n' });
  git(outer, 'submodule', '--quiet', 'add', middle, 'libs/middle');
  commit(outer);
  const expected = ['.gitmodules', 'libs/middle/.gitmodules', 'libs/middle/inner/deep.py'];
  expected.push('libs/middle/middle.py', 'outer.py');

  const present = await take(outer);
  expect(listed(present.path)).toEqual(expected);
  const clone = fresh();
  git(scratch, 'clone', '-q', outer, clone);
  const absent = await take(clone);
  expect(listed(absent.path)).toEqual(expected);
  expect(absent.repository.commit).toBe(present.repository.commit);
  const fetched = await take(`file://${outer}@HEAD`);
  expect(fetched.repository.commit).toBe(present.repository.commit);
});

test('a submodule that cannot be had is a warning', async () => {
  const inner = repository({ 'deep.py': 'z = 3\n' });
  const outer = repository({ 'outer.py': 'x = 1\n' });
  git(outer, 'submodule', '--quiet', 'add', inner, 'inner');
  commit(outer);
  const clone = fresh();
  git(scratch, 'clone', '-q', outer, clone);
  rmSync(inner, { recursive: true });
  const events: SwemintEvent[] = [];
  const { path } = await take(clone, (event) => events.push(event));
  expect(listed(path)).toEqual(['.gitmodules', 'outer.py']);
  expect(events).toMatchObject([{ type: 'warning', code: 'submodule-missing' }]);
});

test('a changed work tree is refused until its commit is named', async () => {
  const source = repository({ 'a.py': 'x = 1\n', '.gitignore': 'ignored\n' });
  put(source, { ignored: 'fine\n' });
  const clean = await take(source);
  put(source, { 'new.py': 'y = 2\n' });
  await expect(take(source)).rejects.toMatchObject({
    code: 'dirty-repository',
    message: expect.stringContaining('new.py') as string,
    hint: expect.stringContaining(`${source}@HEAD`) as string,
  });
  expect((await take(`${source}@HEAD`)).repository.commit).toBe(clean.repository.commit);
});

test('a run folder inside the source does not count', async () => {
  const files = { 'a.py': 'x = 1\n' };
  const versioned = repository(files);
  const plain = fresh();
  put(plain, files);
  for (const source of [versioned, plain]) {
    put(source, { 'runs/one/store.sqlite': 'ours\n' });
    const { path } = await checkout(parseSource(source), {
      into: join(source, 'runs/one/base/repo'),
    });
    expect(listed(path)).toEqual(['a.py']);
  }
});

test('a folder inside a larger repository is taken alone', async () => {
  const source = repository({
    'packages/one/a.py': 'x = 1\n',
    'packages/one/pyproject.toml': '[project]\nname = "one"\nlicense = "MIT"\n',
    'packages/two/b.py': 'y = 2\n',
  });
  git(source, 'remote', 'add', 'origin', 'git@github.com:owner/many.git');
  put(source, { 'packages/two/untracked.py': 'another part may change\n' });
  const part = await take(join(source, 'packages/one'));
  expect(listed(part.path)).toEqual(['a.py', 'pyproject.toml']);
  expect(part.repository).toMatchObject({ name: 'owner/one', license: 'MIT' });
  put(source, { 'packages/one/untracked.py': 'this one not\n' });
  await expect(take(join(source, 'packages/one'))).rejects.toMatchObject({
    code: 'dirty-repository',
  });
  put(source, { '.gitignore': 'out/\n', 'out/x.py': 'z = 3\n' });
  const ignored = await take(join(source, 'out'));
  expect(listed(ignored.path)).toEqual(['x.py']);
});

test('an older commit, a tag and a bare repository', async () => {
  const source = repository({ 'a.py': 'one\n' });
  const old = git(source, 'rev-parse', 'HEAD').trim();
  git(source, 'tag', '-a', 'v1', '-m', 'first');
  put(source, { 'a.py': 'two\n' });
  commit(source);
  const bare = fresh();
  git(scratch, 'clone', '-q', '--bare', source, bare);
  for (const named of [
    `${source}@${old}`,
    `${source}@v1`,
    `${source}@${old.slice(0, 9)}`,
    `${bare}@v1`,
  ]) {
    const { path, repository: made } = await take(named);
    expect(readFileSync(join(path, 'a.py'), 'utf8')).toBe('one\n');
    expect(made.revision).toBe(old);
  }
  for (const named of [
    `file://${bare}@${old.slice(0, 9)}`,
    `file://${bare}@v1`,
    `file://${bare}@${old}`,
  ]) {
    expect((await take(named)).repository.revision).toBe(old);
  }
  expect(readFileSync(join((await take(bare)).path, 'a.py'), 'utf8')).toBe('two\n');
});

test('what cannot be copied is one sentence with what to do', async () => {
  const source = repository({ 'a.py': 'x\n' });
  const empty = fresh();
  mkdirSync(empty);
  git(empty, 'init', '-q');
  const plain = fresh();
  put(plain, { 'a.py': 'x\n' });
  const cases = [
    [`${source}@nowhere`, 'no-such-commit'],
    [`file://${source}@nowhere`, 'no-such-commit'],
    [`file://${source}-missing`, 'cannot-fetch'],
    [`${source}-missing`, 'no-such-source'],
    [join(source, 'a.py'), 'bad-source'],
    [`${plain}@v1`, 'not-a-repository'],
    [empty, 'no-commits'],
  ] as const;
  for (const [text, code] of cases) {
    await expect(take(text), text).rejects.toMatchObject({
      code,
      hint: expect.any(String) as string,
    });
  }
  const taken = fresh();
  put(taken, { 'repo/file': 'already here\n' });
  await expect(checkout(parseSource(source), { into: join(taken, 'repo') })).rejects.toMatchObject({
    code: 'folder-not-empty',
  });
  expect(readFileSync(join(taken, 'repo/file'), 'utf8')).toBe('already here\n');
});
