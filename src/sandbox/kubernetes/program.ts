// The program that is process 1 of a pod, packed into its command line: nothing has to be in the image or copied first.
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const read = (name: string): string =>
  readFileSync(new URL(`../../../runners/pod/${name}.py`, import.meta.url), 'utf8');

// Each may import those before it.
const MODULES = [
  'kernel',
  'usage',
  'wire',
  'loop',
  'view',
  'plain',
  'launch',
  'command',
  'supervisor',
];

const LOADER = `import base64, json, sys, types, zlib
for name, text in json.loads(zlib.decompress(base64.b64decode(sys.argv.pop(1))).decode()):
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name + ".py", "exec"), module.__dict__)
sys.modules["supervisor"].main()`;

/** Exit code of a pod whose image lacks Python. */
export const NO_PYTHON = 90;

/** Where the supervisor keeps what commands must not see. */
export const STAGE = '/swemint';

/** The command line of a pod's container. */
export function supervisorWords(settings: { orphanedSeconds: number }): string[] {
  const modules = MODULES.map((name) => [name, read(name)]);
  const pack = deflateSync(JSON.stringify(modules), { level: 9 }).toString('base64');
  const words = Buffer.from(JSON.stringify(settings)).toString('base64');
  const script = `command -v python3 >/dev/null 2>&1 || exit ${NO_PYTHON}; exec python3 -I -S -c "$@"`;
  return ['/bin/sh', '-c', script, 'swemint', LOADER, pack, words];
}

/** The command line that joins a connection to the supervisor. */
export function bridgeWords(): string[] {
  return ['python3', '-I', '-S', '-c', read('bridge'), `${STAGE}/socket`];
}

const UNPACK = `if command -v gzip >/dev/null && tar --version 2>/dev/null | grep -q GNU; then
  # The folder's own entry goes elsewhere: it need not be ours to change.
  gzip -d | tar -x -p --numeric-owner --transform='s,^\\./*$,.swemint-top,SH' -f - -C "$1" || exit 1
  exec rmdir -- "$1/.swemint-top"
fi
exec python3 -I -S -c "$2" "$1"`;

/** The command line that unpacks a compressed archive on its standard input; the folder itself stays as it is. */
export function unpackWords(folder: string): string[] {
  // GNU's tar is many times faster than Python's; others would touch the folder itself.
  return ['/bin/sh', '-c', UNPACK, 'swemint', folder, read('unpack')];
}
