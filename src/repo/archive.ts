// Unpacks published source archives without letting them write anywhere else.
import { mkdir, readdir } from 'node:fs/promises';
import { extract } from 'tar';
import { SwemintError, errorMessage } from '../core/errors.ts';

/** More than any honest source archive; less than a disk. */
const largestBytes = 4 * 1024 ** 3;

/** Unpacks a `.tar.gz` below `into`, without its single top folder. Nothing lands outside `into`. */
export async function unpackArchive(archive: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  let bytes = 0;
  const broken: string[] = [];
  try {
    await extract({
      file: archive,
      cwd: into,
      strip: 1,
      preserveOwner: false,
      noChmod: true,
      // Entries that point outside are left out with a warning; a cut archive is an error.
      onwarn: (code, message) => {
        if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ABORT') broken.push(message);
      },
      filter: (path, entry) => {
        bytes += 'size' in entry ? (entry.size ?? 0) : 0;
        if (bytes > largestBytes) throw new RangeError('it unpacks to more than 4 GiB');
        // As git keeps them: executable or not. Archives with closed folders could not be removed.
        if ('type' in entry && entry.mode !== undefined) {
          const open = entry.type === 'Directory' || (entry.mode & 0o111) !== 0;
          entry.mode = open ? 0o755 : 0o644;
        }
        // A repository of its own inside would hide its files from ours.
        return !path.split('/').some((part) => part.toLowerCase() === '.git');
      },
    });
    if (broken[0] !== undefined) throw new Error(broken[0]);
    if ((await readdir(into)).length === 0) throw new Error('it holds no files');
  } catch (error) {
    throw new SwemintError(
      'bad-archive',
      `The archive cannot be unpacked: ${errorMessage(error)}`,
      {
        hint: 'Fetch it again, or choose another version.',
        cause: error,
      },
    );
  }
}
