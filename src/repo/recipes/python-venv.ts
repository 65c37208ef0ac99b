// Installs a Python repository editable into a fresh virtual environment, with what its tests declare.
import type { RepositoryFacts } from '../../core/framework.ts';
import { findInstallers, type Installer, isPackage, versionVariables } from '../python/pip.ts';
import { pythonVariables } from '../python/layout.ts';
import { type Constraints, lockedConstraints } from '../python/lock.ts';
import {
  developmentRequirements,
  hasRequirements,
  isEmpty,
  pinsByHash,
  type TestRequirements,
  testRequirements,
} from '../python/test-requirements.ts';
import { undeclaredRequirements } from '../python/undeclared.ts';
import { defineRecipe, type InstallPlan, quoteShell } from '../recipe.ts';

export default defineRecipe({
  name: 'python-venv',
  summary: 'A fresh virtual environment with the package installed editable.',
  languages: ['python'],
  async plan({ facts, framework, machine, version }) {
    const [installer, another] = await findInstallers(machine);
    if (!installer) return [];
    const packaged = isPackage(facts);
    const declared = testRequirements(facts);
    const tests = {
      ...declared,
      packages: [...declared.packages, ...undeclaredRequirements(facts, declared, framework.name)],
    };
    const development = developmentRequirements(facts);
    const build = (
      by: Installer,
      chosen: TestRequirements,
      preference: 1 | 2,
      locked?: Constraints,
    ): InstallPlan => ({
      packageManager: by.packageManager,
      install: [
        ...by.create,
        ...(locked ? [locked.prepare] : []),
        ...installCommands(
          facts,
          withConstraints(by, locked),
          chosen,
          framework.requires.python ?? [],
          version,
        ),
      ],
      env: {
        VIRTUAL_ENV: '$BASE/venv',
        ...(packaged ? {} : pythonVariables(facts)),
      },
      preference,
    });
    const locked = lockedConstraints(facts);
    const plans = [build(installer, tests, 1)];
    if (locked) plans.unshift(build(installer, tests, 1, locked));
    if (another) plans.push(build(another, tests, 2));
    const more = join(tests, development);
    if (JSON.stringify(more) !== JSON.stringify(tests)) plans.push(build(installer, more, 2));
    if (!isEmpty(tests)) plans.push(build(installer, { extras: [], packages: [], files: [] }, 2));
    return plans;
  },
});

function withConstraints(installer: Installer, locked: Constraints | undefined): Installer {
  if (!locked) return installer;
  return { ...installer, install: (words) => installer.install([...locked.words, ...words]) };
}

function join(some: TestRequirements, more: TestRequirements): TestRequirements {
  return {
    extras: [...new Set([...some.extras, ...more.extras])],
    packages: [...new Set([...some.packages, ...more.packages])],
    files: [...new Set([...some.files, ...more.files])],
  };
}

function installCommands(
  facts: RepositoryFacts,
  installer: Installer,
  tests: TestRequirements,
  framework: readonly string[],
  version: string | undefined,
): string[] {
  const own = isPackage(facts)
    ? ['-e', quoteShell(tests.extras.length > 0 ? `.[${tests.extras.join(',')}]` : '.')]
    : [];
  const files = [...tests.files];
  if (!isPackage(facts) && hasRequirements(facts, 'requirements.txt'))
    files.unshift('requirements.txt');
  const alone = files.filter((file) => pinsByHash(facts, file));
  const together = files.filter((file) => !alone.includes(file));
  const words = [
    ...own,
    ...together.flatMap((file) => ['-r', quoteShell(file)]),
    ...[...new Set([...tests.packages, ...framework])].map(quoteShell),
  ];
  const assignments = versionVariables(facts, version);
  return [
    ...alone.map((file) => installer.install(['-r', quoteShell(file)])),
    ...(words.length > 0 ? [[...assignments, installer.install(words)].join(' ')] : []),
  ];
}
