// Brings what commands changed in a remote folder back to the host: for sandboxes with direct access.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RemoteShell, requireSuccess, scriptWords } from './remote-shell.ts';
import { openUnpacking } from './unpack.ts';

export interface Mirror {
  /** Makes the host's folder equal to the remote one. */
  update(): Promise<void>;
}

// Kind, mode, size, time of change, inode, name: with GNU's find exact and safe for any name, with
// others to the second and for names without a line break.
const list = `cd -- "$1" || exit 1
if find --version >/dev/null 2>&1; then
  exec find . -mindepth 1 -printf '%y %m %s %C@ %i\\t%P\\0'
fi
find . -mindepth 1 -exec stat -c '%F %a %s %Z %i	%n' {} + | sed 's/	\\.\\//	/' | tr '\\n' '\\0'`;

const pack = `cd -- "$1" || exit 1
if tar --version 2>/dev/null | grep -q GNU; then
  tar -c -f - --null --no-recursion --no-unquote --verbatim-files-from --ignore-failed-read -T -
  code=$?
  # A file changed while it was read: the next update brings it again.
  [ "$code" -ne 1 ] || code=0
  exit "$code"
fi
# Others need not know how to read names: everything, then.
cat >/dev/null
exec tar -c -f - .`;

interface Entry {
  folder: boolean;
  /** Of a folder only what a change of its entries leaves alone. */
  state: string;
}

/**
 * Starts from now, when host and remote hold the same. Only what changed since the last update
 * travels. Links and modes come along, owners and devices do not.
 */
export async function openMirror(shell: RemoteShell, folder: string): Promise<Mirror> {
  const look = async (): Promise<Map<string, Entry>> =>
    parseListing(
      requireSuccess(await shell({ argv: scriptWords(list, folder) }), 'list its files').stdout,
    );
  let known = await look();
  return {
    update: async () => {
      const present = await look();
      const changed = [...present].filter(
        ([path, entry]) => known.get(path)?.state !== entry.state,
      );
      const stale = [...known].filter(([path, entry]) => {
        const now = present.get(path);
        return now === undefined || (now.folder ? !entry.folder : entry.folder);
      });
      // Before anything new arrives, every parent is the folder that it was.
      for (const path of outermost(stale.map(([path]) => path))) {
        await rm(join(folder, path), { recursive: true, force: true });
      }
      if (changed.length > 0) {
        const unpacking = await openUnpacking(folder);
        const names = changed.map(([path]) => `./${path}\0`).join('');
        const answer = await shell({
          argv: scriptWords(pack, folder),
          stdin: names,
          stdout: unpacking.stream,
        });
        requireSuccess(answer, 'read its changes');
        await unpacking.done;
      }
      known = present;
    },
  };
}

function parseListing(listing: Buffer): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of listing.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t');
    if (tab === -1) continue;
    const fields = line.slice(0, tab);
    const folder = fields.startsWith('d');
    const state = folder ? fields.replace(/^(\S+ \S+).*$/, '$1') : fields;
    entries.set(line.slice(tab + 1), { folder, state });
  }
  return entries;
}

/** Without those that lie below another. */
function outermost(paths: readonly string[]): string[] {
  const kept: string[] = [];
  for (const path of paths.toSorted()) {
    if (!kept.some((folder) => path.startsWith(`${folder}/`))) kept.push(path);
  }
  return kept;
}
