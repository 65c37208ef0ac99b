// Runs a JavaScript or TypeScript repository with Node alone: nothing is installed.
import { declaredPackages, importedPackages } from '../javascript/imports.ts';
import { defineRecipe } from '../recipe.ts';

export default defineRecipe({
  name: 'javascript-source',
  summary: 'Node and the repository’s files, nothing installed.',
  languages: ['javascript', 'typescript'],
  async plan({ facts, framework }) {
    if ((framework.requires.node ?? []).length > 0) return [];
    const doubtful =
      declaredPackages(facts, 'dependencies').length > 0 || importedPackages(facts).length > 0;
    return [
      { packageManager: 'none', install: [], env: { CI: '1' }, preference: doubtful ? 3 : 0 },
    ];
  },
});
