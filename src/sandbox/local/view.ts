// Writes the shell lines that turn a copy of the host's mounts into what a sandbox may see.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hiddenPaths } from './hidden.ts';
import type { LayerStack } from './layers.ts';
import { isInside, type Mount } from './mounts.ts';
import { quote } from './scripts.ts';

/** Where the sandbox's own mounts are prepared; covered before any command runs. */
export const STAGE = '/run/swemint';
export const LAYERS = `${STAGE}/layers`;
export const LOWER = `${STAGE}/lower`;
export const PIPES = `${STAGE}/pipes`;
const TOOLS = `${STAGE}/tools`;

/** Folders that every sandbox gets empty and private. */
export const PRIVATE_FOLDERS = ['/tmp', '/var/tmp', '/dev/shm'] as const;

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

export interface ViewOptions {
  base: string;
  writable: boolean;
  network: boolean;
  home: string;
  /** Host paths that must stay readable: interpreters, the search path. */
  needed: readonly string[];
  /** Folders from `coveredTools`. */
  tools: readonly string[];
  diskBytes: number;
  /** True when layers hold whole copies of the base, which then do not count as written. */
  copies: boolean;
  mounts: readonly Mount[];
}

/** Other programs make and remove files in the home folder all the time; what is gone needs no cover. */
function ifStillThere(path: string, line: string): string {
  const gone = `[ ! -e ${quote(path)} ]`;
  return `{ ${gone} || ${line} || ${gone}; }`;
}

/** Lines to run once, when a sandbox opens, in its own mount namespace. */
export function renderView(options: ViewOptions): string[] {
  const { base, mounts } = options;
  const hidden = hiddenPaths(options.home, [base, ...options.needed]);
  const covered = ['/run', '/proc', '/dev', ...PRIVATE_FOLDERS, ...hidden.folders];
  const remaining = mounts
    .map((mount) => mount.target)
    .filter((target) => !covered.some((folder) => isInside(target, folder)));
  return [
    // Stage: the base and the layers are bound here before anything covers them.
    tmpfs('/run', 'mode=755'),
    `mkdir -p ${LOWER} ${LAYERS} ${PIPES} ${STAGE}/dev && : >${STAGE}/none && chmod 000 ${STAGE}/none`,
    `mount -n --bind ${quote(base)} ${LOWER}`,
    ...options.tools.flatMap((tool, index) => [
      `mkdir -p ${TOOLS}/${index}`,
      `mount -n --bind ${quote(tool)} ${TOOLS}/${index}`,
    ]),
    ...(options.writable ? [] : [`mount -n -o remount,bind,ro ${LOWER}`]),
    tmpfs(LAYERS, `mode=700,${options.copies ? 'size=50%' : diskSize(options.diskBytes)}`),
    ...renderDevices(),
    ...hidden.folders.map((folder) =>
      ifStillThere(folder, tmpfs(folder, 'ro,mode=755,size=4k,nr_inodes=2')),
    ),
    ...hidden.files.map((file) =>
      ifStillThere(file, `mount -n --bind ${STAGE}/none ${quote(file)}`),
    ),
    ...[...new Set(remaining)].map(
      (target) => `mount -n -o remount,bind,ro,nosuid,nodev ${quote(target)}`,
    ),
    ...(options.network ? renderResolver() : []),
  ];
}

/** Lines that mount empty temporary folders, with the tool chains in them shown again. */
export function renderTemporary(
  folders: readonly string[],
  diskBytes: number,
  tools: readonly string[],
): string[] {
  return [
    ...folders.map((folder) => tmpfs(folder, `mode=1777,${diskSize(diskBytes)}`)),
    ...tools.flatMap((tool, index) =>
      folders.some((folder) => isInside(tool, folder))
        ? [
            `mkdir -p ${quote(tool)}`,
            `mount -n --bind ${TOOLS}/${index} ${quote(tool)}`,
            `mount -n -o remount,bind,ro,nosuid,nodev ${quote(tool)}`,
          ]
        : [],
    ),
  ];
}

/** Tool chains in folders that every sandbox gets empty, e.g. a checkout under `/tmp`. */
export function coveredTools(needed: readonly string[], base: string): string[] {
  const folders = needed
    .filter((path) => PRIVATE_FOLDERS.some((folder) => isInside(path, folder)))
    .filter((path) => !isInside(path, base))
    .map((path) => (existsSync(path) && !statSync(path).isDirectory() ? dirname(path) : path));
  return [...new Set(folders)].filter((path) => existsSync(path));
}

/** Lines that show the base itself, writable. */
export function renderBind(base: string): string[] {
  return [mountPoint(base), `mount -n --bind ${LOWER} ${quote(base)}`];
}

/** Lines that show the base under private layers. */
export function renderOverlay(base: string, stack: LayerStack, userXattr: boolean): string[] {
  const options = [
    `lowerdir=${stack.lower.join(':')}`,
    `upperdir=${stack.upper}`,
    `workdir=${stack.work}`,
    ...(userXattr ? ['userxattr'] : []),
  ].join(',');
  return [mountPoint(base), `mount -n -t overlay -o ${options} sandbox ${quote(base)}`];
}

/** Lines that show a full private copy, for kernels that refuse the overlay. */
export function renderCopy(base: string, stack: LayerStack): string[] {
  return [
    `cp -a --reflink=auto ${stack.lower[0] ?? LOWER}/. ${stack.upper}`,
    mountPoint(base),
    `mount -n --bind ${stack.upper} ${quote(base)}`,
  ];
}

/** Lines that take mounts away. Lazy: programs that still run keep what they had. */
export function renderStale(targets: readonly string[]): string[] {
  return [`umount -n -l ${targets.map(quote).join(' ')}`];
}

/** Brings up the loopback device of a fresh network namespace with whatever the host has. */
export const LOOPBACK = [
  'ip link set lo up',
  'ifconfig lo up',
  `python3 -c 'import fcntl,socket,struct;fcntl.ioctl(socket.socket(),0x8914,struct.pack("16sh14x",b"lo",73))'`,
]
  .map((command) => `${command} 2>/dev/null`)
  .join(' || ');

// A covered temporary folder may have hidden the place where the base lies.
function mountPoint(base: string): string {
  return `[ -d ${quote(base)} ] || mkdir -p ${quote(base)}`;
}

// Empty files take memory too, though none of the size.
function diskSize(bytes: number): string {
  return `size=${bytes},nr_inodes=${Math.max(1024, Math.floor(bytes / 4096))}`;
}

function tmpfs(target: string, options: string): string {
  return `mount -n -t tmpfs -o nosuid,nodev,${options} sandbox ${quote(target)}`;
}

function renderDevices(): string[] {
  const dev = `${STAGE}/dev`;
  return [
    `mount -n -t tmpfs -o nosuid,mode=755,size=64k sandbox ${dev}`,
    `mkdir ${dev}/pts ${dev}/shm && ln -s /proc/self/fd ${dev}/fd && ln -s /proc/self/fd/0 ${dev}/stdin && ln -s /proc/self/fd/1 ${dev}/stdout && ln -s /proc/self/fd/2 ${dev}/stderr && ln -s pts/ptmx ${dev}/ptmx`,
    ...DEVICES.map((name) => `: >${dev}/${name} && mount -n --bind /dev/${name} ${dev}/${name}`),
    `mount -n -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=620 sandbox ${dev}/pts`,
    `mount -n -o remount,bind,ro,nosuid ${dev}`,
    `mount -n --rbind ${dev} /dev`,
  ];
}

// `/run` is covered, but name resolution often lives there.
function renderResolver(): string[] {
  try {
    const path = realpathSync('/etc/resolv.conf');
    if (!isInside(path, '/run')) return [];
    const text = readFileSync(path, 'utf8').replaceAll('\n', '\\n');
    return [
      `mkdir -p ${quote(dirname(path))} && printf ${quote(text.replaceAll('%', '%%'))} >${quote(path)}`,
    ];
  } catch {
    return [];
  }
}
