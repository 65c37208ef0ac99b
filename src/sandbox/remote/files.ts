// The file verbs of a remote sandbox: small shell scripts inside, so that links are resolved there and lead nowhere else.
import { chmod, lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import { packFolder } from './pack.ts';
import { type RemoteShell, requireSuccess, scriptWords } from './remote-shell.ts';
import { openUnpacking } from './unpack.ts';

const MISSING = 44;
const NOT_A_FILE = 45;
const PERMISSIONS = 0o777;

const scripts = {
  read: `[ -f "$1" ] || exit ${MISSING}; exec cat -- "$1"`,
  write: `mkdir -p -- "$(dirname -- "$1")" || exit ${NOT_A_FILE}
[ ! -e "$1" ] || [ -f "$1" ] || exit ${NOT_A_FILE}
cat >"$1" || exit ${NOT_A_FILE}
[ -z "$2" ] || chmod "$2" -- "$1"`,
  link: 'mkdir -p -- "$(dirname -- "$1")" && ln -sfn -- "$2" "$1"',
  unpack: 'mkdir -p -- "$1" && exec tar -x -p -f - -C "$1"',
  kind: `if [ -L "$1" ]; then echo link; exec readlink -n -- "$1"
elif [ -d "$1" ]; then echo folder
elif [ -f "$1" ]; then exec stat -c 'file %a' -- "$1"
else exit ${MISSING}; fi`,
  // GNU's tar says with 1 that a file changed while it was read, which is no reason to keep nothing.
  pack: `tar -c -f - -C "$1" .
code=$?
if [ "$code" -eq 1 ] && tar --version 2>/dev/null | grep -q GNU; then code=0; fi
exit "$code"`,
};

/** The verbs over `shell`; paths are absolute inside, or relative to `base`. */
export function remoteFiles(
  shell: RemoteShell,
  base: string,
): Pick<Sandbox, 'read' | 'write' | 'upload' | 'download'> {
  // Not `path.resolve`: it would take `..` away before links are seen.
  const inside = (path: string): string => (path.startsWith('/') ? path : `${base}/${path}`);

  const read = async (path: string): Promise<Buffer> => {
    const answer = await shell({ argv: scriptWords(scripts.read, inside(path)) });
    if (answer.exitCode !== 0) throw missing(path);
    return answer.stdout;
  };

  const write = async (path: string, data: string | Uint8Array, mode = ''): Promise<void> => {
    const argv = scriptWords(scripts.write, inside(path), mode);
    const { exitCode, stderr } = await shell({ argv, stdin: data });
    if (exitCode === 0) return;
    const reason = stderr.trim().split('\n').at(-1) ?? '';
    throw new SwemintError(
      'not-writable',
      `${path} in the sandbox is not a file to write${reason === '' ? '.' : `: ${reason}`}`,
    );
  };

  const upload = async (hostPath: string, path: string): Promise<void> => {
    const stat = await lstat(hostPath).catch(() => undefined);
    if (stat?.isFile() === true) {
      await write(path, await readFile(hostPath), (stat.mode & PERMISSIONS).toString(8));
    } else if (stat?.isSymbolicLink() === true) {
      const argv = scriptWords(scripts.link, inside(path), await readlink(hostPath));
      requireSuccess(await shell({ argv }), `write ${path}`);
    } else if (stat?.isDirectory() === true) {
      await using packing = await packFolder(hostPath);
      const argv = scriptWords(scripts.unpack, inside(path));
      requireSuccess(await shell({ argv, stdin: packing.stream }), `write ${path}`);
      await packing.done;
    } else {
      throw new SwemintError('no-such-file', `There is no file ${hostPath} to copy.`);
    }
  };

  const download = async (path: string, hostPath: string): Promise<void> => {
    const target = resolve(hostPath);
    const answer = await shell({ argv: scriptWords(scripts.kind, inside(path)) });
    const [kind = '', ...rest] = answer.stdout.toString().split('\n');
    if (answer.exitCode !== 0) throw missing(path);
    if (kind === 'folder') {
      const unpacking = await openUnpacking(target);
      const argv = scriptWords(scripts.pack, inside(path));
      const packed = await shell({ argv, stdout: unpacking.stream });
      requireSuccess(packed, `read ${path}`);
      await unpacking.done;
    } else if (kind === 'link') {
      await rm(target, { force: true });
      await symlink(rest.join('\n'), target);
    } else {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, await read(path));
      await chmod(target, Number.parseInt(kind.split(' ')[1] ?? '', 8) & PERMISSIONS);
    }
  };

  return { read, write: (path, data) => write(path, data), upload, download };
}

function missing(path: string): SwemintError {
  return new SwemintError('no-such-file', `There is no file ${path} in the sandbox.`);
}
