import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkout } from './checkout.ts';
import { commit, fresh, git, listed, put, repository, scratch } from './fixtures/git-repository.ts';
import { parseSource } from './parse-source.ts';

afterAll(() => rmSync(scratch, { recursive: true }));

const take = async (source: string) =>
  checkout(parseSource(source), { into: join(fresh(), 'repo') });

test('the copy is one commit that depends on the content alone', async () => {
  const files = { 'a.py': 'x = 1\n', 'b/c.py': 'y = 2\n' };
  const first = repository({ ...files, 'old.py': 'gone\n' });
  rmSync(join(first, 'old.py'));
  const head = commit(first);
  git(first, 'remote', 'add', 'origin', 'https://github.com/owner/name.git');
  const second = fresh();
  put(second, files);

  const one = await take(first);
  const two = await take(second);
  expect(one.repository.commit).toBe(two.repository.commit);
  expect(one.repository).toMatchObject({
    id: `owner__name.${one.repository.commit.slice(0, 8)}`,
    name: 'owner/name',
    revision: head,
    languages: ['python'],
  });
  expect(git(one.path, 'rev-list', '--all', '--reflog').trim()).toBe(one.repository.commit);
  expect(git(one.path, 'count-objects', '-v')).toMatch(/count: 0\n[^]*in-pack: 5\n/);
  expect(git(one.path, 'remote')).toBe('');
  expect(git(one.path, 'status', '--porcelain')).toBe('');
  expect(existsSync(join(one.path, '.git/logs'))).toBe(false);
  expect(readdirSync(dirname(one.path))).toEqual(['repo']);
});

test('the hostile settings of a user do not reach the copy', async () => {
  const source = fresh();
  put(source, { 'a.txt': 'line\r\n' });
  const plain = await take(source);
  const home = fresh();
  put(home, {
    '.gitconfig':
      '[core]\n\tautocrlf = input\n\thooksPath = /nowhere\n[commit]\n\tgpgsign = true\n[user]\n\tname = Me\n',
    '.config/git/ignore': '*.txt\n',
    '.config/git/attributes': '* text=auto\n',
  });
  const before = { HOME: process.env['HOME'], GIT_DIR: process.env['GIT_DIR'] };
  process.env['HOME'] = home;
  process.env['GIT_DIR'] = join(home, 'elsewhere');
  try {
    expect((await take(source)).repository.commit).toBe(plain.repository.commit);
  } finally {
    process.env['HOME'] = before.HOME;
    if (before.GIT_DIR === undefined) delete process.env['GIT_DIR'];
    else process.env['GIT_DIR'] = before.GIT_DIR;
  }
});

test('bytes, names, links and modes survive', async () => {
  const source = repository({
    '.gitattributes':
      '*.txt text eol=crlf\n*.bin filter=shout\n*.u16 working-tree-encoding=UTF-16LE\n',
    '.gitignore': 'kept.log\n',
    'kept.log': 'tracked all the same\n',
    'dos.py': 'a = 1\r\nb = 2\r\n',
    'mixed.txt': 'one\r\ntwo\nthree',
    'data.bin': Buffer.from([0, 255, 13, 10, 13]),
    'ünïcode/naïve файл.py': 'x = "é"\n',
    'with "quotes"\n.py': 'x = 1\n',
    'empty.py': '',
    'run.sh': '#!/bin/sh\n',
    '.github/workflows/ci.yml': 'on: push\n',
  });
  chmodSync(join(source, 'run.sh'), 0o755);
  symlinkSync('dos.py', join(source, 'link.py'));
  symlinkSync('/etc/passwd', join(source, 'outside'));
  symlinkSync('nowhere', join(source, 'dangling'));
  git(source, 'rm', '-q', '--cached', 'mixed.txt', 'data.bin');
  // The exact bytes go in, whatever the attributes would make of them.
  for (const name of ['mixed.txt', 'data.bin']) {
    const blob = git(source, 'hash-object', '-w', '--no-filters', name).trim();
    git(source, 'update-index', '--add', '--cacheinfo', `100644,${blob},${name}`);
  }
  git(source, 'add', 'run.sh', 'link.py', 'outside', 'dangling');
  git(source, 'commit', '-q', '-m', 'all');

  const { path } = await take(`${source}@HEAD`);
  expect(listed(path).sort()).toEqual(listed(source).sort());
  for (const name of ['dos.py', 'mixed.txt', 'data.bin', 'ünïcode/naïve файл.py', 'kept.log']) {
    expect(readFileSync(join(path, name)).equals(readFileSync(join(source, name)))).toBe(true);
  }
  expect(readlinkSync(join(path, 'link.py'))).toBe('dos.py');
  expect(readlinkSync(join(path, 'outside'))).toBe('/etc/passwd');
  expect(readlinkSync(join(path, 'dangling'))).toBe('nowhere');
  expect(lstatSync(join(path, 'run.sh')).mode & 0o111).toBe(0o111);
  expect(lstatSync(join(path, 'dos.py')).mode & 0o111).toBe(0);
  expect(git(path, 'status', '--porcelain')).toBe('');
  expect(git(path, 'rev-parse', 'HEAD^{tree}')).toBe(git(source, 'rev-parse', 'HEAD^{tree}'));
});

test('a plain folder is copied without caches and without what it ignores', async () => {
  const source = fresh();
  put(source, {
    'a.py': 'x = 1\n',
    '.gitignore': 'build/\n*.tmp\n',
    'build/x.py': 'product\n',
    'sub/y.tmp': 'temporary\n',
    'sub/.gitignore': 'z.py\n',
    'sub/z.py': 'ignored deeper\n',
    '__pycache__/a.pyc': 'code\n',
    'node_modules/x/index.js': 'code\n',
    '.venv/bin/python': 'code\n',
  });
  const { path, repository: made } = await take(source);
  expect(listed(path)).toEqual(['.gitignore', 'a.py', 'sub/.gitignore']);
  expect(made.revision).toBe('folder');
  expect(existsSync(join(source, '.git'))).toBe(false);
});

test('a failed copy leaves nothing behind', async () => {
  const parent = fresh();
  const source = repository({ 'a.py': 'x\n' });
  await expect(
    checkout(parseSource(`${source}@nowhere`), { into: join(parent, 'repo') }),
  ).rejects.toThrow();
  expect(readdirSync(parent)).toEqual([]);
});
