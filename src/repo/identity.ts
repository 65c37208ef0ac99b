// Finds a repository's name, owner and licence in its address and manifests.
import type { RepositoryFacts } from '../core/framework.ts';
import { isRecord, recordAt, textsAt } from './facts.ts';
import type { CopiedSource } from './source-copy.ts';

/** `owner/name` where an owner is known, else the name. */
export function recogniseName(facts: RepositoryFacts, copied: CopiedSource): string {
  const origin = copied.origin === undefined ? undefined : ownerAndName(copied.origin);
  if (origin && !copied.part) return `${origin.owner}/${origin.name}`;
  const packageName = declaredName(facts);
  const home =
    origin ??
    projectAddresses(facts)
      .map(ownerAndName)
      .find((found) => found !== undefined);
  const part = copied.part ?? isPartOfLarger(facts);
  const [, scope, bare] = /^(?:@([^/]+)\/)?(.+)$/.exec(packageName ?? copied.folderName) ?? [];
  const name = home && !part ? home.name : (bare ?? copied.folderName);
  const owner = home?.owner ?? scope;
  return owner === undefined ? name : `${owner}/${name}`;
}

/** `<owner>__<name>.<commit, 8 characters>`, safe as a file name. */
export function repositoryId(name: string, commit: string): string {
  const safe = name
    .split('/')
    .map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, ''))
    .filter((part) => part !== '');
  return `${safe.length === 0 ? 'repository' : safe.join('__')}.${commit.slice(0, 8)}`;
}

/** The SPDX identifier that a manifest declares; null when there is none. */
export function declaredLicense(facts: RepositoryFacts): string | null {
  const node = facts.packageJson?.['license'] ?? facts.packageJson?.['licenses'];
  const first: unknown = Array.isArray(node) ? node[0] : node;
  const project = recordAt(facts.pyproject, 'project');
  const python = project['license'];
  const found = [
    first,
    isRecord(first) ? first['type'] : undefined,
    python,
    isRecord(python) ? python['text'] : undefined,
    recordAt(facts.pyproject, 'tool', 'poetry')['license'],
    metadata(facts, 'License-Expression')[0],
    metadata(facts, 'License')[0],
    /^license\s*=\s*(.+)$/m.exec(facts.read('setup.cfg') ?? '')?.[1],
    ...[
      ...textsAt(facts.pyproject, 'project', 'classifiers'),
      ...metadata(facts, 'Classifier'),
    ].map(licenseOfClassifier),
  ].find((value) => typeof value === 'string' && looksLikeSpdx(value.trim()));
  return typeof found === 'string' ? found.trim() : null;
}

function looksLikeSpdx(text: string): boolean {
  return (
    /^[A-Za-z0-9][\w.+-]*(?: (?:OR|AND|WITH) [\w.+-]+)*$|^\(.{3,100}\)$/.test(text) &&
    !/^(?:UNKNOWN|UNLICENSED|BSD|Apache|GPL|LGPL|file)$/i.test(text)
  );
}

const classifiers: Readonly<Record<string, string>> = {
  'Apache Software License': 'Apache-2.0',
  'BSD License': 'BSD-3-Clause',
  'GNU Affero General Public License v3': 'AGPL-3.0-only',
  'GNU General Public License v2 (GPLv2)': 'GPL-2.0-only',
  'GNU General Public License v3 (GPLv3)': 'GPL-3.0-only',
  'ISC License (ISCL)': 'ISC',
  'MIT License': 'MIT',
  'Mozilla Public License 2.0 (MPL 2.0)': 'MPL-2.0',
  'Python Software Foundation License': 'PSF-2.0',
  'The Unlicense (Unlicense)': 'Unlicense',
};

function licenseOfClassifier(classifier: string): string | undefined {
  return classifier.startsWith('License ::')
    ? classifiers[classifier.slice(classifier.lastIndexOf('::') + 2).trim()]
    : undefined;
}

function declaredName(facts: RepositoryFacts): string | undefined {
  const names = [
    facts.packageJson?.['name'],
    recordAt(facts.pyproject, 'project')['name'],
    recordAt(facts.pyproject, 'tool', 'poetry')['name'],
    metadata(facts, 'Name')[0],
  ];
  const found = names.find((name) => typeof name === 'string' && name.trim() !== '');
  return typeof found === 'string' ? found.trim() : undefined;
}

function projectAddresses(facts: RepositoryFacts): string[] {
  const node = facts.packageJson?.['repository'];
  const urls = {
    ...recordAt(facts.pyproject, 'tool', 'poetry', 'urls'),
    ...recordAt(facts.pyproject, 'project', 'urls'),
  };
  const poetry = recordAt(facts.pyproject, 'tool', 'poetry');
  const candidates: unknown[] = [
    isRecord(node) ? node['url'] : node,
    ...['source', 'source code', 'repository', 'code', 'github'].map(
      (label) => Object.entries(urls).find(([key]) => key.toLowerCase() === label)?.[1],
    ),
    poetry['repository'],
    ...Object.values(urls),
    ...metadata(facts, 'Project-URL').map((line) => line.slice(line.indexOf(',') + 1).trim()),
    metadata(facts, 'Home-page')[0],
  ];
  return candidates.filter((value) => typeof value === 'string');
}

/** A package of a monorepo declares in which folder of the repository it lives. */
function isPartOfLarger(facts: RepositoryFacts): boolean {
  return typeof recordAt(facts.packageJson, 'repository')['directory'] === 'string';
}

/** Values of a field of `PKG-INFO`, which published Python archives carry. */
export function metadata(facts: RepositoryFacts, field: string): string[] {
  const header = (facts.read('PKG-INFO') ?? '').split(/\r?\n\r?\n/, 1)[0] ?? '';
  return [...header.matchAll(new RegExp(`^${field}: (.+)$`, 'gim'))].map((match) =>
    match[1]!.trim(),
  );
}

/** Owner and name in an address of one of the well-known forges, or npm's short forms. */
export function ownerAndName(address: string): { owner: string; name: string } | undefined {
  const short = /^(?:github:|gitlab:|bitbucket:)?(?<owner>[\w.-]+)\/(?<name>[\w.-]+)$/.exec(
    address,
  );
  const long =
    /(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|git\.sr\.ht)[:/]~?(?<owner>[\w.-]+)\/(?<name>[\w.-]+)/i.exec(
      address,
    );
  const any =
    /^(?:\w[\w+]*:\/\/[^/]+\/|[\w.-]+@[\w.-]+:)(?<owner>[\w.-]+)\/(?<name>[\w.-]+?)\/?$/.exec(
      address,
    );
  const found = (long ?? short ?? any)?.groups;
  const owner = found?.['owner'];
  const name = found?.['name']?.replace(/\.git$/, '');
  return owner && name ? { owner, name } : undefined;
}
