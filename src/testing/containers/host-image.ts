// A small image made of this Debian machine's own files, for tests where no registry can be reached.
import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { runProgram } from '../../lib/process.ts';

const PACKAGES = [
  'base-files',
  'base-passwd',
  'bash',
  'ca-certificates',
  'coreutils',
  'dash',
  'diffutils',
  'findutils',
  'git',
  'grep',
  'gzip',
  'hostname',
  'python3',
  'python3-venv',
  'sed',
  'tar',
  'util-linux',
];

/** Made by packages' scripts, so that no package lists them. */
const UNLISTED = [
  '/bin',
  '/etc/group',
  '/etc/nsswitch.conf',
  '/etc/passwd',
  '/etc/ssl/certs/ca-certificates.crt',
  '/lib',
  '/lib64',
  '/sbin',
];

const LEFT_OUT = /^\/(?:usr\/share\/(?:doc|man|locale|info|lintian|bash-completion)\/|.*\/perl)/;

/** Imports the image under `name`; why that cannot be, as one sentence, otherwise. */
export async function importHostImage(engine: Docker, name: string): Promise<string | undefined> {
  const listing = await runProgram('dpkg-query', [
    '--show',
    '--showformat',
    '${Package}\t${Provides}\t${Pre-Depends}, ${Depends}\n',
  ]).catch(() => undefined);
  if (listing?.exitCode !== 0)
    return 'Its image is made of Debian packages, and this is no Debian.';
  const packages = closure(parsePackages(listing.stdout), PACKAGES);
  if (!packages.includes('python3'))
    return 'Its image needs Debian’s python3, which is not installed.';
  const { stdout } = await runProgram('dpkg-query', ['--listfiles', ...packages]);
  const files = new Set(UNLISTED.filter(isThere));
  for (const path of stdout.split('\n')) {
    if (!path.startsWith('/') || LEFT_OUT.test(path) || !isThere(path)) continue;
    // Packages name files by folders that are links today.
    const real = join(realpathSync(dirname(path)), basename(path));
    if (!lstatSync(real).isDirectory()) files.add(real);
  }
  const tar = spawn('tar', ['-c', '-f', '-', '--no-recursion', '--null', '-T', '-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  tar.stdin.end([...files].join('\0'));
  const imported = await engine.importImage(tar.stdout.pipe(new PassThrough()), {
    repo: name.split(':')[0],
    tag: name.split(':')[1] ?? 'latest',
    changes: 'ENV PATH=/usr/local/bin:/usr/bin:/bin',
  });
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(imported, (error) => (error ? reject(error) : resolve()));
  });
  return undefined;
}

interface Installed {
  provides: readonly string[];
  needs: readonly string[];
}

function parsePackages(listing: string): Map<string, Installed> {
  const names = (text: string): string[] =>
    text
      .split(/[,|]/)
      .map((word) => word.trim().replace(/[ :(].*$/, ''))
      .filter((word) => word !== '');
  return new Map(
    listing.split('\n').map((line) => {
      const [name = '', provides = '', needs = ''] = line.split('\t');
      return [name, { provides: names(provides), needs: names(needs) }];
    }),
  );
}

/** The installed ones among `wanted` and what they need, alternatives included. */
function closure(installed: Map<string, Installed>, wanted: readonly string[]): string[] {
  const providers = new Map<string, string[]>();
  for (const [name, { provides }] of installed) {
    for (const virtual of provides)
      providers.set(virtual, [...(providers.get(virtual) ?? []), name]);
  }
  const found = new Set<string>();
  const pending = [...wanted];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const one = installed.get(name);
    if (!one) pending.push(...(providers.get(name) ?? []).filter((other) => !found.has(other)));
    else if (!found.has(name)) {
      found.add(name);
      pending.push(...one.needs);
    }
  }
  return [...found].sort();
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
