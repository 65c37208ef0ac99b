// The file verbs of a sandbox, done from the host.
import { resolve } from 'node:path';
import type { Sandbox } from '../../core/sandbox.ts';
import { copyTree } from './copy.ts';
import { readPlace, resolvePlace, writePlace, type Place } from './tree.ts';

export interface FilesOptions {
  /** Host folder that is the sandbox's `/`. */
  root: string;
  base: string;
  /** Folders inside that may be read and written. */
  allowed: readonly string[];
}

/** Never waits and never follows a link out, whatever runs inside meanwhile. */
export function sandboxFiles(
  options: FilesOptions,
): Pick<Sandbox, 'read' | 'write' | 'upload' | 'download'> {
  const find = (path: string, makeFolders: boolean): Place =>
    resolvePlace(options.root, resolvePath(options.base, path), options.allowed, { makeFolders });
  return {
    read: async (path) => {
      using place = find(path, false);
      return readPlace(place, path);
    },
    write: async (path, data) => {
      using place = find(path, true);
      writePlace(place, data, path);
    },
    upload: async (hostPath, path) => {
      using place = find(path, true);
      copyTree(resolve(hostPath), place.path, hostPath);
    },
    download: async (path, hostPath) => {
      using place = find(path, false);
      copyTree(place.path, resolve(hostPath), path);
    },
  };
}

// Not `path.resolve`: it would take `..` away before links are seen.
function resolvePath(base: string, path: string): string {
  return path.startsWith('/') ? path : `${base}/${path}`;
}
