// Writes a tar stream that hostile code may have shaped into a folder of the host.
import { lstat, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { PassThrough, type Writable } from 'node:stream';
import { extract, type ReadEntry } from 'tar';
import { SwemintError, errorMessage } from '../../core/errors.ts';

export interface Unpacking {
  readonly stream: Writable;
  /** Resolves when every file is written; throws `SwemintError('unpack-failed')`. */
  readonly done: Promise<void>;
}

const KINDS = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'Link']);

// Set-user-id bits would be power on the host.
const PERMISSIONS = 0o777;

/**
 * Unpacks into `folder`, which is made. Nothing is written outside it or through a link; pipes,
 * sockets and devices are left out; owners are ours. Links keep their targets, wherever those are.
 */
export async function openUnpacking(folder: string): Promise<Unpacking> {
  await mkdir(folder, { recursive: true });
  const links: { path: string; target: string }[] = [];
  const extraction = extract({
    cwd: folder,
    preserveOwner: false,
    chmod: true,
    processUmask: 0,
    filter: (path, found) => {
      const entry = found as ReadEntry;
      // Made last and by us: the library would change absolute targets, which environments live on.
      if (entry.type === 'SymbolicLink') links.push({ path, target: entry.linkpath ?? '' });
      entry.mode = (entry.mode ?? 0o644) & PERMISSIONS;
      return KINDS.has(entry.type);
    },
  });
  const stream = new PassThrough();
  const extracted = new Promise<void>((resolve, reject) => {
    extraction.once('close', () => resolve());
    extraction.once('error', reject);
    extraction.on('warn', (code: string, message: string | Error) => {
      if (code === 'TAR_ENTRY_ERROR')
        reject(message instanceof Error ? message : new Error(message));
    });
    finished(stream).catch(reject);
  });
  const done = extracted
    .then(async () => {
      for (const link of links) await makeLink(folder, link);
    })
    .catch((error: unknown) => {
      throw new SwemintError(
        'unpack-failed',
        `${folder} could not be written: ${errorMessage(error)}`,
        { cause: error },
      );
    });
  // Whoever fills the stream may fail first and never ask.
  done.catch(() => undefined);
  stream.pipe(extraction as unknown as Writable);
  return { stream, done };
}

async function makeLink(folder: string, link: { path: string; target: string }): Promise<void> {
  const parts = link.path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) throw new Error(`${link.path} leads out of it.`);
  const path = join(folder, ...parts);
  for (let depth = 1; depth < parts.length; depth += 1) {
    const parent = join(folder, ...parts.slice(0, depth));
    const stat = await lstat(parent).catch(() => undefined);
    if (stat !== undefined && !stat.isDirectory()) throw new Error(`${parent} is not a folder.`);
  }
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await symlink(link.target, path);
}
