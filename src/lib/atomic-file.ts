// Writes files that are either whole or absent: readers never see half of one.
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

export interface AtomicFile extends AsyncDisposable {
  write(text: string): Promise<void>;
  /** Puts the file in its place; without this, disposing throws everything away. */
  commit(): Promise<void>;
}

const bufferSize = 256 * 1024;

/** Opens a file beside `path` that takes its place when committed. */
export async function openAtomicFile(path: string): Promise<AtomicFile> {
  const temporary = `${path}.${process.pid}.partial`;
  let handle: FileHandle | undefined = await open(temporary, 'w');
  let pending: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (pending.length > 0) await handle?.appendFile(pending.join(''));
    pending = [];
    size = 0;
  };
  return {
    async write(text) {
      pending.push(text);
      size += text.length;
      if (size >= bufferSize) await flush();
    },
    async commit() {
      await flush();
      await handle?.sync();
      await handle?.close();
      handle = undefined;
      await rename(temporary, path);
    },
    async [Symbol.asyncDispose]() {
      await handle?.close();
      await rm(temporary, { force: true });
    },
  };
}

/** Writes a whole text at once, atomically. */
export async function writeAtomic(path: string, text: string): Promise<void> {
  await using file = await openAtomicFile(path);
  await file.write(text);
  await file.commit();
}
