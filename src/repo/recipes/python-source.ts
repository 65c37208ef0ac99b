// Runs a Python repository from its source folders with the machine's own python3: nothing is installed.
import { defineRecipe } from '../recipe.ts';
import { usesCompiledCode, missingImports, needsInstalledMetadata } from '../python/imports.ts';
import { pythonVariables } from '../python/layout.ts';
import { runtimeRequirements } from '../python/requirements.ts';

export default defineRecipe({
  name: 'python-source',
  summary: 'The machine’s python3 and the source folders, nothing installed.',
  languages: ['python'],
  async plan({ facts, framework, machine }) {
    const python = await machine.find('python3');
    if (!python) return [];
    const needed = (framework.requires.python ?? []).map((name) => name.replaceAll('-', '_'));
    if ((await machine.importable(needed)).size < needed.length) return [];
    const doubtful =
      runtimeRequirements(facts, python.version).length > 0 ||
      usesCompiledCode(facts) ||
      needsInstalledMetadata(facts) ||
      (await missingImports(facts, machine)).length > 0;
    return [
      {
        packageManager: 'none',
        install: [],
        env: pythonVariables(facts),
        preference: doubtful ? 3 : 0,
      },
    ];
  },
});
