// Writes the shell commands that make a virtual environment and install into it, with uv or pip.
import type { RepositoryFacts } from '../../core/framework.ts';
import { recordAt } from '../facts.ts';
import { metadata } from '../identity.ts';
import type { Machine } from '../machine.ts';
import { quoteShell } from '../recipe.ts';

export interface Installer {
  packageManager: string;
  /** Makes `$BASE/venv`. */
  create: readonly string[];
  /** Installs the given words, each quoted already. */
  install(words: readonly string[]): string;
}

/** Installers of this machine, best first: uv, then venv with its own pip, virtualenv, or the machine's pip. */
export async function findInstallers(machine: Machine): Promise<Installer[]> {
  if (!(await machine.find('python3'))) return [];
  const uv = (await machine.find('uv')) ? [withUv] : [];
  const modules = await machine.importable(['ensurepip', 'pip', 'venv', 'virtualenv']);
  if (modules.has('venv') && modules.has('ensurepip')) return [...uv, withOwnPip('venv')];
  if (modules.has('virtualenv')) return [...uv, withOwnPip('virtualenv')];
  return modules.has('venv') && modules.has('pip') ? [...uv, withMachinePip] : uv;
}

const withUv: Installer = {
  packageManager: 'uv',
  create: ['uv venv --quiet --python python3 "$BASE/venv"'],
  install: (words) => ['uv pip install --quiet', ...words].join(' '),
};

const withOwnPip = (module: 'venv' | 'virtualenv'): Installer => ({
  packageManager: 'pip',
  create: [`python3 -m ${module} "$BASE/venv"`],
  install: (words) => ['python -m pip install --quiet', ...words].join(' '),
});

/** Debian leaves `ensurepip` out of its Python. */
const withMachinePip: Installer = {
  packageManager: 'pip',
  create: ['python3 -m venv --without-pip "$BASE/venv"'],
  install: (words) =>
    ['"$BASE/bin/python3" -m pip --python "$BASE/venv/bin/python" install --quiet', ...words].join(
      ' ',
    ),
};

/** Whether the root can be installed as a package. */
export function isPackage(facts: RepositoryFacts): boolean {
  return (
    facts.files.includes('setup.py') ||
    facts.pyproject?.['project'] !== undefined ||
    facts.pyproject?.['build-system'] !== undefined ||
    recordAt(facts.pyproject, 'tool', 'poetry')['name'] !== undefined ||
    /^\[metadata\]/m.test(facts.read('setup.cfg') ?? '')
  );
}

/**
 * Shell assignments for packages that read their version from git's tags, which the copy has not.
 * Without a known version a high one, so that nothing finds the package too old.
 */
export function versionVariables(facts: RepositoryFacts, version: string | undefined): string[] {
  const build = `${facts.read('pyproject.toml') ?? ''}\n${facts.read('setup.py') ?? ''}\n${facts.read('setup.cfg') ?? ''}`;
  if (
    !/setuptools[-_]scm|hatch[-_]vcs|\bpbr\b|versioningit|poetry-dynamic-versioning|pdm.*scm|versioneer/.test(
      build,
    )
  ) {
    return [];
  }
  const tag = /^v?(\d+(?:\.\d+)+(?:[a-z]+\d*)?)$/.exec(version ?? '')?.[1];
  const value = metadata(facts, 'Version')[0] ?? tag ?? '99.0.0';
  return [
    `SETUPTOOLS_SCM_PRETEND_VERSION=${quoteShell(value)}`,
    `PBR_VERSION=${quoteShell(value)}`,
    `PDM_BUILD_SCM_VERSION=${quoteShell(value)}`,
    `POETRY_DYNAMIC_VERSIONING_BYPASS=${quoteShell(value)}`,
  ];
}
