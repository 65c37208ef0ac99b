// Recognises a repository's package manager from its lockfile, and how to have it where the machine has not.
import type { RepositoryFacts } from '../../core/framework.ts';
import type { Machine } from '../machine.ts';
import { quoteShell } from '../recipe.ts';

export interface LockedInstall {
  packageManager: 'npm' | 'pnpm' | 'yarn';
  /** Commands that make the manager available, when the machine has none. */
  prepare: string[];
  /** Installs exactly what the lockfile says. */
  install: string;
  /** The flag that keeps packages' own scripts from running. */
  withoutScripts: string;
  /** Commands afterwards. */
  finish?: string[];
}

/** How to install what the lockfile says; undefined without one that is known here. */
export async function lockedInstall(
  facts: RepositoryFacts,
  machine: Machine,
): Promise<LockedInstall | undefined> {
  const has = (file: string): boolean => facts.files.includes(file);
  if (has('package-lock.json') || has('npm-shrinkwrap.json')) {
    return {
      packageManager: 'npm',
      prepare: [],
      install: 'npm ci',
      withoutScripts: '--ignore-scripts',
    };
  }
  if (has('pnpm-lock.yaml')) {
    const version = wantedVersion(facts, 'pnpm') ?? pnpmVersion(facts.read('pnpm-lock.yaml') ?? '');
    return {
      packageManager: 'pnpm',
      prepare: (await machine.find('pnpm')) ? [] : [bring(`pnpm@${version}`)],
      install: 'pnpm install --frozen-lockfile',
      withoutScripts: '--ignore-scripts',
    };
  }
  return has('yarn.lock') ? yarnInstall(facts, machine) : undefined;
}

async function yarnInstall(facts: RepositoryFacts, machine: Machine): Promise<LockedInstall> {
  const lockfile = facts.read('yarn.lock') ?? '';
  const modern = /^__metadata:/m.test(lockfile);
  if (!modern) {
    return {
      packageManager: 'yarn',
      prepare: (await machine.find('yarn'))?.version.startsWith('1.') ? [] : [bring('yarn@1')],
      install: 'yarn install --frozen-lockfile --non-interactive',
      withoutScripts: '--ignore-scripts',
    };
  }
  // Facts leave `.yarn` out, but its settings name the release that the repository carries.
  const carried = /^yarnPath:\s*["']?([^"'\s]+)/m.exec(facts.read('.yarnrc.yml') ?? '')?.[1];
  const version = wantedVersion(facts, 'yarn') ?? yarnVersion(lockfile);
  return {
    packageManager: 'yarn',
    // It writes its own version into package.json, which is the repository's.
    prepare: [
      ...(carried === undefined ? [bring(`@yarnpkg/cli-dist@${version}`)] : []),
      'cp -p package.json "$BASE/home/package.json"',
    ],
    finish: ['cp -p "$BASE/home/package.json" package.json'],
    install: `YARN_NODE_LINKER=node-modules YARN_ENABLE_TELEMETRY=0 ${
      carried === undefined ? 'yarn' : `node ${quoteShell(carried)}`
    } install --immutable`,
    withoutScripts: '--mode=skip-build',
  };
}

/** From `packageManager` in package.json, e.g. `pnpm@9.1.0+sha512…`. */
function wantedVersion(facts: RepositoryFacts, manager: string): string | undefined {
  const wanted = facts.packageJson?.['packageManager'];
  const match = /^(\w+)@(\d+(?:\.\d+)*)/.exec(typeof wanted === 'string' ? wanted : '');
  return match?.[1] === manager ? match[2] : undefined;
}

/** The last major version of pnpm that writes this lockfile. */
function pnpmVersion(lockfile: string): string {
  const version = /^lockfileVersion:\s*['"]?(\d+)/m.exec(lockfile)?.[1];
  return version === '5' ? '7' : version === '6' ? '8' : '10';
}

/** A release of modern yarn that writes this form of lockfile: a later one would have to change it. */
function yarnVersion(lockfile: string): string {
  const form = Number(/^ {2}version: (\d+)$/m.exec(lockfile)?.[1]);
  return form <= 6 ? '3' : form <= 8 ? '4.9' : '4';
}

/** Into the environment itself, whose `venv/bin` is first on the PATH. */
function bring(wanted: string): string {
  return `npm install --global --prefix "$BASE/venv" ${wanted}`;
}
