// Installs exactly what a JavaScript repository's lockfile says, with the package manager that wrote it.
import { lockedInstall } from '../javascript/package-manager.ts';
import { missingFramework } from '../javascript/npm.ts';
import { defineRecipe } from '../recipe.ts';

export default defineRecipe({
  name: 'javascript-locked',
  summary: 'npm, pnpm or yarn by lockfile.',
  languages: ['javascript', 'typescript'],
  async plan({ facts, framework, machine }) {
    if (!(await machine.find('npm')) || facts.packageJson === undefined) return [];
    const locked = await lockedInstall(facts, machine);
    if (!locked) return [];
    const extra = missingFramework(facts, framework);
    return (['', ` ${locked.withoutScripts}`] as const).map((flag, index) => ({
      packageManager: locked.packageManager,
      install: [...locked.prepare, `${locked.install}${flag}`, ...(locked.finish ?? []), ...extra],
      env: { CI: '1' },
      preference: index === 0 ? (1 as const) : (2 as const),
    }));
  },
});
