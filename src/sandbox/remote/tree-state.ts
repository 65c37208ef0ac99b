// A fingerprint of a host folder's present state, to send each state to a remote machine only once.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';

/**
 * Changes whenever any file below `folder` was written, renamed, removed or got another mode: the
 * kernel's change time, which programs cannot set, is part of it. Reads no file's content.
 */
export function treeState(folder: string): string {
  const hash = createHash('sha256');
  const separator = Buffer.from('/');
  const visit = (path: Buffer): void => {
    const names = readdirSync(path, { encoding: 'buffer' });
    for (const name of names.sort((a, b) => Buffer.compare(a, b))) {
      const entry = Buffer.concat([path, separator, name]);
      const stat = lstatSync(entry, { bigint: true });
      hash.update(name).update(`\0${stat.ino} ${stat.mode} ${stat.size} ${stat.ctimeNs}\n`);
      if (stat.isDirectory()) visit(entry);
    }
    hash.update('\0\0');
  };
  hash.update(folder);
  visit(Buffer.from(folder));
  return hash.digest('hex');
}
