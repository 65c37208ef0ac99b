// Installs a JavaScript repository with npm from `package.json`, whatever versions suit it today.
import {
  dispensablePackages,
  installWhatIsNamed,
  missingFramework,
  npmInstall,
  withoutPackages,
} from '../javascript/npm.ts';
import { defineRecipe } from '../recipe.ts';

export default defineRecipe({
  name: 'javascript-npm',
  summary: 'npm install from package.json, without a lockfile.',
  languages: ['javascript', 'typescript'],
  async plan({ facts, framework, machine }) {
    if (!(await machine.find('npm')) || facts.packageJson === undefined) return [];
    const extra = missingFramework(facts, framework);
    // The repository's own scripts stay out at first: published archives lack what `prepare` wants.
    const quiet = [`${npmInstall} --ignore-scripts`, 'npm rebuild'];
    const dispensable = dispensablePackages(facts);
    const lean = withoutPackages(dispensable, quiet.join(' && '));
    const ways: readonly (readonly string[])[] = [
      lean,
      ...(dispensable.length > 0 ? [quiet] : []),
      [npmInstall],
      [`${npmInstall} --ignore-scripts --legacy-peer-deps`],
    ];
    const plans = ways.map((install) => [...install, ...extra]);
    // Soon: what cannot be installed as a whole fails in every other way, too.
    plans.splice(1, 0, installWhatIsNamed(facts, framework));
    return plans.map((install, index) => ({
      packageManager: 'npm',
      install,
      env: { CI: '1' },
      preference: index === 0 ? (1 as const) : (2 as const),
    }));
  },
});
