// Writes npm commands that change nothing but `node_modules`.
import type { Framework, RepositoryFacts } from '../../core/framework.ts';
import { quoteShell } from '../recipe.ts';
import { declaredPackages, importedPackages } from './imports.ts';

/** Installs `package.json`'s dependencies without writing a lockfile. */
export const npmInstall = 'npm install --no-package-lock';

/** Tools of a developer's day that no test loads, and that bring most of what an installation takes. */
const notForTests =
  /eslint|prettier|commitlint|husky|stylelint|^(?:@biomejs\/|@commitlint\/|@release-it|@semantic-release\/|@size-limit\/|@changesets\/)|^(?:all-contributors-cli|autocannon|auto-changelog|benchmark|conventional-changelog(?:-cli)?|documentation|jsdoc|lint-staged|markdownlint(?:-cli2?)?|neostandard|np|oxlint|pre-commit|publint|release-it|semantic-release|size-limit|snazzy|standard|standard-version|tinybench|tsd|tstyche|typedoc|xo)$/;

/** Installs the packages that the framework needs and the repository does not declare. */
export function missingFramework(facts: RepositoryFacts, framework: Framework): string[] {
  const declared = declaredPackages(facts, 'dependencies', 'devDependencies', 'peerDependencies');
  const missing = (framework.requires.node ?? []).filter((name) => !declared.includes(name));
  return missing.length === 0
    ? []
    : [`${npmInstall} --no-save --ignore-scripts ${missing.map(quoteShell).join(' ')}`];
}

/** Declared for development and of no use to tests, as far as names tell and no file imports them. */
export function dispensablePackages(facts: RepositoryFacts): string[] {
  const imported = importedPackages(facts);
  return declaredPackages(facts, 'devDependencies').filter(
    (name) => notForTests.test(name) && !imported.includes(name),
  );
}

/** Runs `install` with those packages taken out of `package.json`, which comes back unchanged. */
export function withoutPackages(names: readonly string[], install: string): string[] {
  if (names.length === 0) return [install];
  const paths = names.map((name) => quoteShell(`devDependencies[${name}]`)).join(' ');
  return [
    'cp -p package.json "$BASE/home/package.json"',
    `npm pkg delete ${paths}`,
    install,
    'cp -p "$BASE/home/package.json" package.json',
  ];
}
