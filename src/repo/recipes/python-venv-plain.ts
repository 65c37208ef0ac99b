// For packages that cannot be installed editable: their requirements in a virtual environment, sources on the path.
import { pythonVariables } from '../python/layout.ts';
import { findInstallers } from '../python/pip.ts';
import { runtimeRequirements } from '../python/requirements.ts';
import { testRequirements } from '../python/test-requirements.ts';
import { undeclaredRequirements } from '../python/undeclared.ts';
import { defineRecipe, quoteShell } from '../recipe.ts';

export default defineRecipe({
  name: 'python-venv-plain',
  summary: 'A fresh virtual environment with the requirements, the package left uninstalled.',
  languages: ['python'],
  async plan({ facts, framework, machine }) {
    const python = await machine.find('python3');
    const installer = (await findInstallers(machine)).at(-1);
    if (!python || !installer) return [];
    const tests = testRequirements(facts);
    const words = [
      ...runtimeRequirements(facts, python.version),
      ...tests.packages,
      ...undeclaredRequirements(facts, tests, framework.name),
      ...(framework.requires.python ?? []),
    ];
    return [
      {
        packageManager: installer.packageManager,
        install: [
          ...installer.create,
          ...(words.length > 0 ? [installer.install([...new Set(words)].map(quoteShell))] : []),
        ],
        env: { VIRTUAL_ENV: '$BASE/venv', ...pythonVariables(facts) },
        preference: 2,
      },
    ];
  },
});
