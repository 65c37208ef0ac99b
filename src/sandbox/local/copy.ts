// Copies files and folders between the host and a sandbox; links are copied as links, never followed.
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { SwemintError } from '../../core/errors.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const CHUNK = 1024 * 1024;

// Set-user-id bits would be power on the host.
const PERMISSIONS = 0o777;

/**
 * Copies `from` to `to`; folders merge into existing ones. Sockets, pipes and devices are left out.
 * Throws `SwemintError('no-such-file')` when `from` is not there.
 */
export function copyTree(from: HostPath, to: HostPath, name: string): void {
  let stat;
  try {
    stat = lstatSync(from);
  } catch (error) {
    throw new SwemintError('no-such-file', `There is no file ${name} to copy.`, { cause: error });
  }
  if (stat.isSymbolicLink()) copyLink(from, to);
  else if (stat.isDirectory()) copyFolder(from, to, stat.mode & PERMISSIONS);
  else if (stat.isFile()) copyFile(from, to);
}

// Names are bytes: they need not be UTF-8.
type HostPath = string | Buffer;

function entryOf(folder: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
}

function copyLink(from: HostPath, to: HostPath): void {
  const target = readlinkSync(from, 'buffer');
  try {
    unlinkSync(to);
  } catch {
    // Nothing there yet; anything else makes the next line fail.
  }
  symlinkSync(target, to);
}

function copyFolder(from: HostPath, to: HostPath, mode: number): void {
  try {
    mkdirSync(to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const source = openSync(from, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const target = openSync(to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      for (const entry of readdirSync(`/proc/self/fd/${source}`, 'buffer')) {
        copyTree(entryOf(source, entry), entryOf(target, entry), entry.toString());
      }
      chmodSync(`/proc/self/fd/${target}/.`, mode);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

function copyFile(from: HostPath, to: HostPath): void {
  const source = openSync(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stat = fstatSync(source);
    if (!stat.isFile()) return;
    const mode = stat.mode & PERMISSIONS;
    const target = openSync(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, mode);
    try {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, stat.size)));
      for (let size = readSync(source, buffer); size > 0; size = readSync(source, buffer)) {
        for (let written = 0; written < size;) {
          written += writeSync(target, buffer, written, size - written);
        }
      }
      chmodSync(`/proc/self/fd/${target}`, mode);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}
