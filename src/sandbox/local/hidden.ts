// Which folders and files of the host a sandbox must not even read: secrets, sockets, other people's state.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isInside } from './mounts.ts';

// Tool chains live in dot-folders of the home; hiding them would break the very programs we run.
const TOOLCHAINS = new Set([
  '.pyenv',
  '.cargo',
  '.rustup',
  '.nvm',
  '.fnm',
  '.volta',
  '.asdf',
  '.rbenv',
  '.goenv',
  '.sdkman',
  '.bun',
  '.deno',
  '.local',
  '.nodenv',
  '.n',
  '.conda',
  '.mise',
  '.proto',
  '.jenv',
  '.nix-profile',
]);

// Secrets inside folders that stay visible.
const SECRETS = [
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.local/share/keyrings',
  '.local/share/gnupg',
  '.local/state',
  '.local/share/containers',
];

const SYSTEM_SECRETS = [
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/shadow-',
  '/etc/gshadow-',
  '/etc/ssh',
  '/etc/sudoers',
  '/etc/kubernetes',
  '/etc/ssl/private',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/kubelet',
  '/var/spool',
  '/var/backups',
  '/var/log',
  '/sys/fs/cgroup',
  '/sys/fs/bpf',
  '/sys/kernel/debug',
  '/sys/kernel/security',
  '/sys/kernel/tracing',
  '/boot',
];

export interface Hidden {
  folders: string[];
  files: string[];
}

/**
 * What to cover, given the home folder of the invoking user and the paths that must stay visible
 * (the sandbox's base, interpreters, entries of the search path).
 */
export function hiddenPaths(home: string, needed: readonly string[]): Hidden {
  const hidden: Hidden = { folders: [], files: [] };
  const hide = (path: string): void => {
    if (needed.some((visible) => isInside(visible, path))) return;
    try {
      (statSync(path).isDirectory() ? hidden.folders : hidden.files).push(path);
    } catch {
      // Not there, or not ours to look at: then the sandbox cannot see it either.
    }
  };
  for (const path of SYSTEM_SECRETS) hide(path);
  for (const path of SECRETS) hide(join(home, path));
  for (const name of existsSync(home) ? readdirSync(home) : []) {
    if (name.startsWith('.') && !TOOLCHAINS.has(name)) hide(join(home, name));
  }
  return hidden;
}
