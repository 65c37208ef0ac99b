import { expect, test } from 'vitest';
import { isRemoteLocation, parseSource, renderSource } from './parse-source.ts';

const nowhere = () => false;

test.each([
  ['./my-repo', { kind: 'folder', location: './my-repo' }],
  ['/srv/repo', { kind: 'folder', location: '/srv/repo' }],
  ['.', { kind: 'folder', location: '.' }],
  ['./my-repo@v1.2.0', { kind: 'git', location: './my-repo', revision: 'v1.2.0' }],
  ['./my-repo@HEAD~1', { kind: 'git', location: './my-repo', revision: 'HEAD~1' }],
  ['./my-repo@feature/x', { kind: 'git', location: './my-repo', revision: 'feature/x' }],
  ['https://host.example/o/r', { kind: 'git', location: 'https://host.example/o/r' }],
  [
    'https://host.example/o/r.git@deadbeef',
    { kind: 'git', location: 'https://host.example/o/r.git', revision: 'deadbeef' },
  ],
  ['https://me@host.example/o/r', { kind: 'git', location: 'https://me@host.example/o/r' }],
  [
    'https://me:secret@host.example/o/r@main',
    { kind: 'git', location: 'https://me:secret@host.example/o/r', revision: 'main' },
  ],
  [
    'https://host.example/@scope/r@v1',
    { kind: 'git', location: 'https://host.example/@scope/r', revision: 'v1' },
  ],
  [
    'https://host.example/o/r@@scope/pkg@1.0.0',
    { kind: 'git', location: 'https://host.example/o/r', revision: '@scope/pkg@1.0.0' },
  ],
  ['git@host.example:o/r.git', { kind: 'git', location: 'git@host.example:o/r.git' }],
  [
    'git@host.example:o/r.git@v2',
    { kind: 'git', location: 'git@host.example:o/r.git', revision: 'v2' },
  ],
  [
    'ssh://git@host.example:22/o/r@v2',
    { kind: 'git', location: 'ssh://git@host.example:22/o/r', revision: 'v2' },
  ],
  ['file:///srv/r.git@v2', { kind: 'git', location: 'file:///srv/r.git', revision: 'v2' }],
  ['npm:fastq', { kind: 'npm', location: 'fastq' }],
  ['npm:fastq@1.2.3', { kind: 'npm', location: 'fastq', revision: '1.2.3' }],
  ['npm:@scope/name', { kind: 'npm', location: '@scope/name' }],
  ['npm:@scope/name@next', { kind: 'npm', location: '@scope/name', revision: 'next' }],
  ['pypi:click', { kind: 'pypi', location: 'click' }],
  ['pypi:click==8.1.7', { kind: 'pypi', location: 'click', revision: '8.1.7' }],
  ['pypi:zope.interface@6.0', { kind: 'pypi', location: 'zope.interface', revision: '6.0' }],
])('%s', (text, spec) => {
  expect(parseSource(text, nowhere)).toEqual(spec);
});

test('an existing folder wins over a revision in its name', () => {
  const exists = (path: string) => path === './a@b' || path === '/home/me@work/r';
  expect(parseSource('./a@b', exists)).toEqual({ kind: 'folder', location: './a@b' });
  expect(parseSource('./a@b@v1', exists)).toEqual({
    kind: 'git',
    location: './a@b',
    revision: 'v1',
  });
  expect(parseSource('/home/me@work/r@v1', exists)).toEqual({
    kind: 'git',
    location: '/home/me@work/r',
    revision: 'v1',
  });
});

test.each([
  '',
  'npm:',
  'npm:../evil',
  'npm:git+https://host.example/x',
  'npm:fastq@file:../x',
  'npm:--global',
  'pypi:',
  'pypi:-r x',
  'pypi:x==--flag',
  './repo@--upload-pack=evil',
  './repo@a..b',
  './repo@a b',
])('refuses %j', (text) => {
  expect(() => parseSource(text, nowhere)).toThrow(expect.objectContaining({ code: 'bad-source' }));
});

test('what is parsed can be typed again', () => {
  for (const text of [
    'npm:@a/b@1.0.0',
    'pypi:click==8.1.7',
    './x@v1',
    'git@h.example:o/r.git@v2',
  ]) {
    expect(renderSource(parseSource(text, nowhere))).toBe(text);
  }
});

test('local paths are not remote', () => {
  expect(isRemoteLocation('/srv/x.git')).toBe(false);
  expect(isRemoteLocation('../x')).toBe(false);
  expect(isRemoteLocation('host.example:o/r')).toBe(true);
});
