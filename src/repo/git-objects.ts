// Reads commits of a git repository without a clone's checkout: objects in, the tree's exact bytes out.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import { git, gitReason, runGit } from '../lib/git.ts';
import { byteExactAttributes } from './clean-copy.ts';

/** A bare repository of ours in a scratch folder; it may borrow another's objects. */
export interface GitObjects {
  gitDirectory: string;
  signal: AbortSignal | undefined;
}

/**
 * Makes an empty bare repository below `scratch`. With `borrowFrom` (an `objects` folder) everything
 * there can be read at once, without a copy and without writing to it.
 */
export async function openGitObjects(
  scratch: string,
  options: { borrowFrom?: string; format?: string; signal?: AbortSignal | undefined } = {},
): Promise<GitObjects> {
  const gitDirectory = await mkdtemp(join(scratch, 'objects-'));
  const { borrowFrom, format = 'sha1', signal } = options;
  await git(
    ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, gitDirectory],
    { cwd: scratch, signal },
  );
  await mkdir(join(gitDirectory, 'info'), { recursive: true });
  await writeFile(join(gitDirectory, 'info', 'attributes'), byteExactAttributes);
  if (borrowFrom !== undefined) {
    await mkdir(join(gitDirectory, 'objects', 'info'), { recursive: true });
    await writeFile(join(gitDirectory, 'objects', 'info', 'alternates'), `${borrowFrom}\n`);
  }
  return { gitDirectory, signal };
}

/** The object id of a commit, tree or path expression; undefined when there is none. */
export async function resolveObject(
  objects: GitObjects,
  expression: string,
): Promise<string | undefined> {
  const result = await runGit(
    ['rev-parse', '--quiet', '--verify', '--end-of-options', expression],
    optionsOf(objects),
  );
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

/**
 * Fetches one commit from `url`: alone when the server allows, with all branches and tags otherwise.
 * `protocols` is git's `GIT_ALLOW_PROTOCOL`. Throws `cannot-fetch` and `no-such-commit`.
 */
export async function fetchCommit(
  objects: GitObjects,
  url: string,
  revision: string | undefined,
  protocols: string,
): Promise<string> {
  const options = {
    ...optionsOf(objects),
    settings: 'user' as const,
    env: { GIT_ALLOW_PROTOCOL: protocols },
  };
  const fetch = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
  ];
  const target = 'refs/swemint/source';
  const alone = await runGit(
    [...fetch, '--depth=1', '--', url, `${revision ?? 'HEAD'}:${target}`],
    options,
  );
  if (alone.exitCode === 0) return peel(objects, target, url, revision);
  const all = await runGit(
    [
      ...fetch,
      '--',
      url,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
      `+HEAD:${target}`,
    ],
    options,
  );
  if (all.exitCode !== 0) {
    throw new SwemintError(
      'cannot-fetch',
      `The repository ${withoutPassword(url)} cannot be fetched: ${gitReason(all.stderr)}`,
      { hint: 'Check the address, your network and your right to read it with git ls-remote.' },
    );
  }
  return peel(objects, revision ?? target, url, revision);
}

/** Writes a tree's files below `into` byte for byte: no filters, no line-end changes. Submodules stay empty folders. */
export async function writeTree(objects: GitObjects, tree: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  const options = {
    cwd: into,
    signal: objects.signal,
    env: {
      GIT_DIR: objects.gitDirectory,
      GIT_WORK_TREE: into,
      GIT_INDEX_FILE: join(objects.gitDirectory, 'index'),
    },
  };
  await git(['read-tree', '--reset', tree], options);
  await git(['checkout-index', '--all', '--force', '--quiet'], options);
}

export function optionsOf(objects: GitObjects) {
  return {
    cwd: objects.gitDirectory,
    signal: objects.signal,
    env: { GIT_DIR: objects.gitDirectory },
  };
}

async function peel(
  objects: GitObjects,
  expression: string,
  url: string,
  revision: string | undefined,
): Promise<string> {
  const commit = await resolveObject(objects, `${expression}^{commit}`);
  if (commit === undefined) throw noSuchCommit(revision ?? 'HEAD', withoutPassword(url));
  return commit;
}

export function noSuchCommit(revision: string, where: string): SwemintError {
  return new SwemintError('no-such-commit', `There is no commit "${revision}" in ${where}.`, {
    hint: 'Check the spelling; a commit that no branch or tag reaches needs its full 40 characters.',
  });
}

/** An address without the secret it may carry, for messages and records. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
}
