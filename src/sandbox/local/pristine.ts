// A full copy of a folder to return to, for machines that cannot give private views.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import { runProgram } from '../../lib/process.ts';
import { startTime } from './cgroup.ts';

/** Copies everything in `from` into the new folder `to`, sharing blocks where the file system can. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const { exitCode, stderr } = await runProgram('cp', [
    '-a',
    '--reflink=auto',
    `${from}/.`,
    `${to}/`,
  ]);
  if (exitCode !== 0) {
    throw new SwemintError('copy-failed', `${from} could not be copied: ${stderr.trim()}`);
  }
}

/** Makes `base` equal to `copy` again. */
export async function copyBack(copy: string, base: string): Promise<void> {
  // Programs may have taken our right to list or delete; it is theirs to lose, not ours.
  await runProgram('chmod', ['-R', 'u+rwX', base]);
  const everything = ['-mindepth', '1', '-maxdepth', '1', '-exec', 'rm', '-rf', '{}', '+'];
  await runProgram('find', [base, ...everything]);
  await copyFolder(copy, base);
}

export interface Pristine {
  /** Folder for this copy and for snapshots; removed at the end. */
  readonly folder: string;
  readonly copy: string;
}

/**
 * Takes the copy. When an earlier process was killed over the same base, that one's copy is put
 * back first, because the base is what it left. Throws `SwemintError('base-in-use')` while another
 * one is at work there.
 */
export async function takePristine(base: string): Promise<Pristine> {
  const lock = join(tmpdir(), `swemint-pristine-${contentHash(base).slice(0, 16)}.json`);
  if (existsSync(lock)) {
    const { pid, start, folder } = JSON.parse(readFileSync(lock, 'utf8')) as Record<string, string>;
    if (startTime(Number(pid)) === start) {
      throw new SwemintError('base-in-use', `Another sandbox already works in ${base}.`, {
        hint: 'This machine gives no private views: use one worker.',
      });
    }
    if (folder !== undefined && existsSync(join(folder, 'pristine'))) {
      await copyBack(join(folder, 'pristine'), base);
      await rm(folder, { recursive: true, force: true });
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'swemint-pristine-'));
  await copyFolder(base, join(folder, 'partial'));
  // The name tells a whole copy from a half one.
  await runProgram('mv', [join(folder, 'partial'), join(folder, 'pristine')]);
  await writeFile(
    lock,
    JSON.stringify({ pid: String(process.pid), start: startTime(process.pid), folder }),
  );
  return { folder, copy: join(folder, 'pristine') };
}

/** Puts the base back and forgets the copy. */
export async function releasePristine(base: string, pristine: Pristine): Promise<void> {
  await copyBack(pristine.copy, base);
  await rm(join(tmpdir(), `swemint-pristine-${contentHash(base).slice(0, 16)}.json`), {
    force: true,
  });
  await rm(pristine.folder, { recursive: true, force: true });
}
