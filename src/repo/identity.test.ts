import { expect, test } from 'vitest';
import { factsOf } from './fixtures/facts.ts';
import { declaredLicense, ownerAndName, recogniseName, repositoryId } from './identity.ts';

test.each([
  ['https://github.com/owner/name', 'owner/name'],
  ['https://github.com/owner/name.git', 'owner/name'],
  ['git+https://github.com/owner/name.js.git#readme', 'owner/name.js'],
  ['git@gitlab.com:owner/name.git', 'owner/name'],
  ['ssh://git@host.example/owner/name.git', 'owner/name'],
  ['github:owner/name', 'owner/name'],
  ['owner/name', 'owner/name'],
  ['https://name.readthedocs.example/', undefined],
])('the owner in %s', (address, expected) => {
  const found = ownerAndName(address);
  expect(found && `${found.owner}/${found.name}`).toBe(expected);
});

test('names come from the origin, the manifests or the folder', () => {
  const copied = { revision: 'x', origin: undefined, folderName: 'folder' };
  const npm = { 'package.json': '{"name": "@scope/pkg", "repository": "owner/repo"}' };
  expect(recogniseName(factsOf({}), copied)).toBe('folder');
  expect(recogniseName(factsOf(npm), copied)).toBe('owner/repo');
  expect(recogniseName(factsOf(npm), { ...copied, part: true })).toBe('owner/pkg');
  expect(recogniseName(factsOf({ 'package.json': '{"name": "@scope/pkg"}' }), copied)).toBe(
    'scope/pkg',
  );
  const origin = 'https://host.example/me/fork.git';
  expect(recogniseName(factsOf(npm), { ...copied, origin })).toBe('me/fork');
  const pypi = {
    'PKG-INFO':
      'Name: pkg\nProject-URL: Documentation, https://pkg.docs.example/en/\nProject-URL: Source, https://github.com/owner/pkg/\n\nhttps://github.com/other/thing\n',
  };
  expect(recogniseName(factsOf(pypi), copied)).toBe('owner/pkg');
});

test('ids are safe as file names', () => {
  const commit = '0123456789abcdef';
  expect(repositoryId('owner/name', commit)).toBe('owner__name.01234567');
  expect(repositoryId('../..//e vil\\x', commit)).toBe('e-vil-x.01234567');
  expect(repositoryId('файл', commit)).toBe('repository.01234567');
});

test.each([
  [{ 'package.json': '{"license": "MIT"}' }, 'MIT'],
  [{ 'package.json': '{"licenses": [{"type": "ISC"}]}' }, 'ISC'],
  [{ 'package.json': '{"license": "SEE LICENSE IN x.txt"}' }, null],
  [{ 'package.json': '{"license": "(MIT OR Apache-2.0)"}' }, '(MIT OR Apache-2.0)'],
  [{ 'pyproject.toml': '[project]\nlicense = "BSD-3-Clause"\n' }, 'BSD-3-Clause'],
  [{ 'pyproject.toml': '[project]\nlicense = {text = "MIT"}\n' }, 'MIT'],
  [
    {
      'pyproject.toml':
        '[project]\nlicense = {file = "L"}\nclassifiers = ["License :: OSI Approved :: MIT License"]\n',
    },
    'MIT',
  ],
  [
    { 'PKG-INFO': 'Name: x\nLicense: UNKNOWN\nLicense-Expression: MIT AND PSF-2.0\n' },
    'MIT AND PSF-2.0',
  ],
  [{}, null],
])('the licence of %j', (texts, license) => {
  expect(declaredLicense(factsOf(texts as Record<string, string>))).toBe(license);
});
