// Reads and writes files of a sandbox from the host without ever following a link that hostile code made.
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { SwemintError } from '../../core/errors.ts';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const LINK_LIMIT = 40;

/** A file's folder, held open, and its name in it: immune to renames elsewhere. */
export interface Place extends Disposable {
  /** Host path through the open folder; its last component is not a link. */
  readonly path: string;
}

/**
 * Walks from `rootPath` (a magic link into the sandbox, or a plain folder) to `path`, one component
 * at a time. Links are resolved here, within the sandbox; the walk must end inside one of `allowed`.
 * Throws `SwemintError('no-such-file')` when a folder on the way is missing, `'outside-sandbox'`
 * when the path leads elsewhere.
 */
export function resolvePlace(
  rootPath: string,
  path: string,
  allowed: readonly string[],
  options: { makeFolders?: boolean } = {},
): Place {
  let pending = path.split('/').filter((part) => part !== '' && part !== '.');
  let walked: string[] = [];
  const folders: number[] = [openSync(rootPath, constants.O_RDONLY | constants.O_DIRECTORY)];
  let links = 0;
  const closeAll = (): void => {
    for (const folder of folders.splice(0)) closeSync(folder);
  };
  const missing = (): SwemintError =>
    new SwemintError('no-such-file', `There is no file ${path} in the sandbox.`);
  try {
    for (;;) {
      const part = pending.shift();
      const folder = folders.at(-1) as number;
      if (part === undefined) return finish(`/proc/self/fd/${folder}/.`);
      if (part === '..') {
        if (folders.length > 1) closeSync(folders.pop() as number);
        walked.pop();
        continue;
      }
      const here = `/proc/self/fd/${folder}/${part}`;
      const target = readLink(here);
      if (target !== undefined) {
        links += 1;
        if (links > LINK_LIMIT) throw missing();
        if (target.startsWith('/')) {
          while (folders.length > 1) closeSync(folders.pop() as number);
          walked = [];
        }
        pending = [...target.split('/').filter((word) => word !== '' && word !== '.'), ...pending];
        continue;
      }
      walked.push(part);
      if (pending.length === 0) return finish(here);
      folders.push(openFolder(here, options.makeFolders === true && isAllowed()));
    }
  } catch (error) {
    closeAll();
    throw error;
  }

  function isAllowed(): boolean {
    const place = `/${walked.join('/')}`;
    return allowed.some((folder) => place === folder || place.startsWith(`${folder}/`));
  }

  function finish(hostPath: string): Place {
    if (!isAllowed()) {
      throw new SwemintError('outside-sandbox', `${path} leads out of the sandbox's folders.`, {
        hint: `Use a path below ${allowed.join(' or ')}.`,
      });
    }
    return { path: hostPath, [Symbol.dispose]: closeAll };
  }

  function openFolder(hostPath: string, make: boolean): number {
    try {
      return openSync(hostPath, FOLDER);
    } catch (error) {
      if (!make || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw missing();
      mkdirSync(hostPath);
      return openSync(hostPath, FOLDER);
    }
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // Not a link, or not there: the caller finds out which.
  }
}

/** Reads a regular file; anything else counts as missing, so that a pipe cannot make us wait. */
export function readPlace(place: Place, name: string): Uint8Array {
  const missing = new SwemintError('no-such-file', `There is no file ${name} in the sandbox.`);
  let file: number;
  try {
    file = openSync(place.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    throw missing;
  }
  try {
    if (!fstatSync(file).isFile()) throw missing;
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes a regular file, making it when it is not there. */
export function writePlace(place: Place, data: string | Uint8Array, name: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: number;
  try {
    file = openSync(place.path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0o644);
  } catch (error) {
    throw new SwemintError('not-writable', `${name} in the sandbox is not a file to write.`, {
      cause: error,
    });
  }
  try {
    writeFileSync(file, data);
  } finally {
    closeSync(file);
  }
}
