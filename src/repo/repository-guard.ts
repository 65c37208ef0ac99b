// Keeps the clean copy's `.git` out of reach of installations: what they write there would run on the host.
import { constants } from 'node:fs';
import { access, cp, lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../lib/git.ts';

export interface RepositoryGuard extends AsyncDisposable {
  /** Whether the repository is still a folder of its own, not a link to another. */
  isInPlace(): Promise<boolean>;
  /** Brings the committed files back and removes every other file. */
  clean(): Promise<void>;
  /**
   * Accepts what the installation left: build products become ignored, byte code goes.
   * Returns the committed files that it changed.
   */
  settle(): Promise<string[]>;
}

/** Guards `base/repo`. The trusted `.git` waits beside `base`, where no sandbox can write. */
export async function guardRepository(
  base: string,
  signal?: AbortSignal,
): Promise<RepositoryGuard> {
  const repo = join(base, 'repo');
  const own = join(repo, '.git');
  const kept = `${base}.git-kept`;
  // One that is there already was left by a run that was killed, and is the one to trust.
  if (!(await isThere(kept))) {
    await rm(`${kept}-new`, { recursive: true, force: true });
    await copyFolder(own, `${kept}-new`);
    await rename(`${kept}-new`, kept);
  }
  const isInPlace = async (): Promise<boolean> =>
    (await lstat(repo).catch(() => undefined))?.isDirectory() ?? false;
  const putBack = async (): Promise<void> => {
    // A link in the folder's place would lead our own deletions out of the environment.
    if (!(await isInPlace())) {
      await rm(repo, { force: true });
      await mkdir(repo);
    }
    await rm(own, { recursive: true, force: true });
    await copyFolder(kept, own);
  };
  const where = { cwd: repo, signal };
  return {
    isInPlace,
    clean: async () => {
      await putBack();
      await writeFile(join(own, 'info', 'exclude'), '');
      await git(['reset', '--hard', '--quiet'], where);
      await git(['clean', '-ffdxq'], where);
    },
    settle: async () => {
      await putBack();
      await removeByteCode(repo, signal);
      await git(['update-index', '-q', '--refresh'], where).catch(() => undefined);
      const status = await git(
        ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal'],
        where,
      );
      const entries = status.split('\0').filter((entry) => entry !== '');
      const products = entries.filter((entry) => entry.startsWith('??'));
      await writeFile(
        join(own, 'info', 'exclude'),
        products.map((entry) => `/${escapePattern(entry.slice(3))}\n`).join(''),
      );
      return entries.filter((entry) => !entry.startsWith('??')).map((entry) => entry.slice(3));
    },
    [Symbol.asyncDispose]: () => rm(kept, { recursive: true, force: true }),
  };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function copyFolder(from: string, to: string): Promise<void> {
  return cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
}

/** Byte code written while installing could be taken for that of a changed file later. */
async function removeByteCode(repo: string, signal?: AbortSignal): Promise<void> {
  const listing = await git(
    [
      'ls-files',
      '-z',
      '--others',
      '--',
      ':(glob)**/__pycache__/*',
      ':(exclude,glob)**/node_modules/**',
    ],
    { cwd: repo, signal },
  );
  for (const file of listing.split('\0'))
    if (file !== '') await rm(join(repo, file), { force: true });
}

function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]!# ]/g, String.raw`\$&`);
}
