// Copies a source that lies on this machine: a git work tree or part of one at a commit, or plain files.
import {
  copyFile,
  lstat,
  mkdir,
  readFile,
  readlink,
  realpath,
  stat,
  symlink,
  chmod,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import type { SourceSpec } from '../core/schema/index.ts';
import { listFolder } from '../lib/files.ts';
import { git, gitReason, runGit } from '../lib/git.ts';
import { noSuchCommit, openGitObjects, resolveObject, writeTree } from './git-objects.ts';
import type { CopiedSource, CopyContext } from './source-copy.ts';
import { writeSubmodules } from './submodules.ts';

/** Never part of a plain folder's copy: caches, dependencies and other tools' history. */
const leftOut = new Set([
  '.git',
  '.hg',
  '.svn',
  '.bzr',
  '.mypy_cache',
  '.nox',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.venv',
  '__pycache__',
  'node_modules',
]);

interface WorkTree {
  root: string;
  /** Folder inside `root`, with a final slash, or empty. */
  prefix: string;
}

/** Copies a folder. Without a revision, uncommitted changes are refused and plain folders are taken as they are. */
export async function copyFolder(spec: SourceSpec, context: CopyContext): Promise<CopiedSource> {
  const folder = resolve(spec.location);
  await requireFolder(spec, folder);
  const workTree = await findWorkTree(folder, context.signal);
  if (workTree) {
    const copied = await copyCommit(folder, workTree, spec.revision, context);
    if (copied) return copied;
  }
  if (spec.revision !== undefined) {
    throw new SwemintError('not-a-repository', `${spec.location} is not a git repository.`, {
      hint: `Leave out @${spec.revision} to take the folder as it is.`,
    });
  }
  await copyPlain(folder, context);
  return { revision: 'folder', origin: undefined, folderName: basename(folder) };
}

async function requireFolder(spec: SourceSpec, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found) {
    throw new SwemintError('bad-source', `${spec.location} is a file, not a folder.`, {
      hint: spec.location.endsWith('.jsonl')
        ? `To read sources from it, use --input ${spec.location}.`
        : 'Give the folder that holds the repository.',
    });
  }
  throw new SwemintError('no-such-source', `There is no folder ${spec.location}.`, {
    hint: /^[\w.-]+\/[\w.-]+$/.test(spec.location)
      ? `For the GitHub repository, use https://github.com/${spec.location}.`
      : 'Check the path; packages are written npm:NAME or pypi:NAME.',
  });
}

/** The work tree that holds the folder; undefined when there is none. A bare repository is its own root. */
async function findWorkTree(folder: string, signal?: AbortSignal): Promise<WorkTree | undefined> {
  const where = { cwd: folder, signal };
  const inside = await runGit(['rev-parse', '--show-toplevel', '--show-prefix'], where);
  if (inside.exitCode === 0) {
    const [root = '', prefix = ''] = inside.stdout.split('\n');
    return { root, prefix };
  }
  const bare = await runGit(['rev-parse', '--is-bare-repository'], where);
  return bare.stdout.trim() === 'true' ? { root: folder, prefix: '' } : undefined;
}

/** Undefined when the folder lies in a repository that does not know it (ignored, or not yet added). */
async function copyCommit(
  folder: string,
  { root, prefix }: WorkTree,
  revision: string | undefined,
  context: CopyContext,
): Promise<CopiedSource | undefined> {
  const { signal } = context;
  const where = { cwd: root, signal };
  const borrowFrom = (
    await git(['rev-parse', '--path-format=absolute', '--git-path', 'objects'], where)
  ).trim();
  const format = (await git(['rev-parse', '--show-object-format'], where)).trim();
  const wanted = revision ?? 'HEAD';
  const named = await runGit(
    ['rev-parse', '--quiet', '--verify', '--end-of-options', `${wanted}^{commit}`],
    where,
  );
  if (named.exitCode !== 0) {
    if (revision !== undefined && revision !== 'HEAD') throw noSuchCommit(revision, folder);
    if (prefix !== '') return undefined;
    throw new SwemintError('no-commits', `${folder} is a git repository without commits.`, {
      hint: 'Commit its files first.',
    });
  }
  const commit = named.stdout.trim();
  const objects = await openGitObjects(context.scratch, { borrowFrom, format, signal });
  const tree = await resolveObject(objects, `${commit}:${prefix.replace(/\/$/, '')}`);
  if (tree === undefined) {
    if (revision === undefined) return undefined;
    throw new SwemintError('no-such-source', `Commit ${wanted} has no folder ${prefix}.`, {
      hint: 'Choose a commit that holds the folder.',
    });
  }
  if (revision === undefined) await refuseDirty(folder, root, context);
  await writeTree(objects, tree, context.into);
  const origin = await originOf(root, signal);
  await writeSubmodules(
    { objects, rootTree: `${commit}^{tree}`, prefix, url: origin ?? root, workTree: root },
    context.into,
    context.scratch,
    context.emit,
  );
  return { revision: commit, origin, folderName: basename(folder), part: prefix !== '' };
}

async function refuseDirty(
  folder: string,
  root: string,
  { into, signal }: CopyContext,
): Promise<void> {
  const bare = await runGit(['rev-parse', '--is-inside-work-tree'], { cwd: folder, signal });
  if (bare.stdout.trim() !== 'true') return;
  // The user's own settings, so that we agree with the `git status` that the user sees.
  const status = await runGit(
    [
      'status',
      '--porcelain',
      '-z',
      '--untracked-files=normal',
      '--ignore-submodules=all',
      '--',
      '.',
    ],
    { cwd: folder, signal, settings: 'user' },
  );
  if (status.exitCode !== 0) {
    throw new SwemintError(
      'git-failed',
      `git status failed in ${folder}: ${gitReason(status.stderr)}`,
    );
  }
  // A run folder inside the repository is our own doing. Git tells paths past links.
  const ours = await realpath(dirname(into));
  const changed = status.stdout
    .split('\0')
    .filter((entry) => entry !== '' && !holds(join(root, entry.slice(3)), ours));
  const first = changed[0]?.slice(3);
  if (first === undefined) return;
  const more = changed.length === 1 ? '' : ` and ${changed.length - 1} more`;
  throw new SwemintError(
    'dirty-repository',
    `${folder} has changes that are not committed: ${first}${more}.`,
    { hint: `Commit or stash them, or take the last commit with ${folder}@HEAD.` },
  );
}

/** Whether `path` lies in the folder, or is it. */
function holds(folder: string, path: string): boolean {
  return `${path}/`.startsWith(`${folder.replace(/\/$/, '')}/`);
}

/** The address of `origin`, read from the repository's own settings. */
async function originOf(root: string, signal?: AbortSignal): Promise<string | undefined> {
  const result = await runGit(['config', '--get', 'remote.origin.url'], { cwd: root, signal });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

async function copyPlain(folder: string, context: CopyContext): Promise<void> {
  const { into, scratch, signal } = context;
  const [source, ours] = await Promise.all([realpath(folder), realpath(dirname(into))]);
  const ignored = await ignoredPaths(folder, scratch, signal);
  const entries = await listFolder(folder, (path, isFolder) => {
    const name = basename(path);
    return (
      leftOut.has(name) ||
      (isFolder && holds(join(source, path), ours)) ||
      ignored.has(isFolder ? `${path}/` : path)
    );
  });
  await mkdir(into, { recursive: true });
  for (const { path, kind } of entries) {
    signal?.throwIfAborted();
    const target = join(into, path);
    await mkdir(dirname(target), { recursive: true });
    if (kind === 'link') await symlink(await readlink(join(folder, path)), target);
    else {
      await copyFile(join(folder, path), target);
      await chmod(target, (await lstat(join(folder, path))).mode & 0o111 ? 0o755 : 0o644);
    }
  }
}

/** What the folder's own `.gitignore` files leave out, asked of git with an empty repository of ours. */
async function ignoredPaths(
  folder: string,
  scratch: string,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const hasRules = await readFile(join(folder, '.gitignore')).catch(() => undefined);
  if (hasRules === undefined) return new Set();
  const { gitDirectory } = await openGitObjects(scratch, { signal });
  const listing = await git(
    ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'],
    { cwd: folder, signal, env: { GIT_DIR: gitDirectory, GIT_WORK_TREE: folder } },
  );
  return new Set(listing.split('\0').filter((path) => path !== ''));
}
