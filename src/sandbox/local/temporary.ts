// Tells which of the private temporary folders a command has left something in.
import { lstatSync, readdirSync } from 'node:fs';
import { isInside } from './mounts.ts';
import { PRIVATE_FOLDERS } from './view.ts';

const STICKY_MODE = 0o1777;

/**
 * Folders to renew at a restore. While something runs, all of them: it could write at any moment.
 * `mountPoints` are what we have put there ourselves: the base and tool chains.
 */
export function dirtyFolders(
  root: string,
  mountPoints: readonly string[],
  busy: boolean,
): string[] {
  return PRIVATE_FOLDERS.filter((folder) => busy || !isPristine(root, folder, mountPoints));
}

function isPristine(root: string, folder: string, mountPoints: readonly string[]): boolean {
  if ((lstatSync(`${root}${folder}`).mode & 0o7777) !== STICKY_MODE) return false;
  return holdsOnly(
    root,
    folder,
    mountPoints.filter((point) => isInside(point, folder)),
  );
}

/** True when a folder holds the way to the mount points and nothing else; what is mounted is not looked into. */
function holdsOnly(root: string, folder: string, mountPoints: readonly string[]): boolean {
  if (mountPoints.includes(folder)) return true;
  if (!lstatSync(`${root}${folder}`).isDirectory()) return false;
  const names = new Set(
    mountPoints.map((point) => point.slice(folder.length + 1).split('/')[0] ?? ''),
  );
  const entries = readdirSync(`${root}${folder}`);
  if (entries.length !== names.size || !entries.every((name) => names.has(name))) return false;
  return [...names].every((name) => {
    const inner = `${folder}/${name}`;
    return holdsOnly(
      root,
      inner,
      mountPoints.filter((point) => isInside(point, inner)),
    );
  });
}
