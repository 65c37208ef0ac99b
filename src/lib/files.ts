// Reads folders of the host in a fixed order, and says in plain words why a file could not be written.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../core/errors.ts';

export interface FolderEntry {
  /** Relative to the folder walked, with forward slashes. */
  path: string;
  kind: 'file' | 'link';
}

/**
 * Files and symbolic links below a folder, sorted by path. Links are listed, never followed.
 * `skip` is asked for folders and files by relative path; sockets and devices are left out.
 */
export async function listFolder(
  folder: string,
  skip: (path: string, isFolder: boolean) => boolean = () => false,
): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  const visit = async (prefix: string): Promise<void> => {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (skip(path, entry.isDirectory())) continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isSymbolicLink()) entries.push({ path, kind: 'link' });
      else if (entry.isFile()) entries.push({ path, kind: 'file' });
    }
  };
  await visit('');
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Turns the operating system's refusals into known errors: `no-permission`, `disk-full`.
 * Anything else comes back as it was.
 */
export function explainFileError(error: unknown, what: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SwemintError('no-permission', `There is no permission to ${what}.`, {
      hint: 'Change the permissions, or choose another folder with --out.',
      cause: error,
    });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SwemintError('disk-full', `The disk is full: it was not possible to ${what}.`, {
      hint: 'Free some space, or choose an output folder on another disk with --out.',
      cause: error,
    });
  }
  return error;
}
