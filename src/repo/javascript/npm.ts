// Writes npm commands that change nothing but `node_modules`.
import type { Framework, RepositoryFacts } from '../../core/framework.ts';
import { recordAt } from '../facts.ts';
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
  const tests = testTexts(facts);
  return declaredPackages(facts, 'devDependencies').filter(
    (name) => notForTests.test(name) && !imported.includes(name) && !isQuoted(tests, name),
  );
}

/** Runs `install` with those packages taken out of `package.json`, which comes back unchanged. */
export function withoutPackages(names: readonly string[], install: string): string[] {
  if (names.length === 0) return [install];
  return withoutKeys(
    names.map((name) => `devDependencies[${name}]`),
    install,
  );
}

function withoutKeys(keys: readonly string[], install: string): string[] {
  return [
    'cp -p package.json "$BASE/home/package.json"',
    `npm pkg delete ${keys.map(quoteShell).join(' ')}`,
    install,
    'cp -p "$BASE/home/package.json" package.json',
  ];
}

/**
 * Installs what the package itself needs and, of what it needs for development, what files, scripts
 * and settings name: for repositories that declare something nobody can install any more. Where a
 * version is gone, the newest takes its place.
 */
export function installWhatIsNamed(facts: RepositoryFacts, framework: Framework): string[] {
  const ranges = recordAt(facts.packageJson, 'devDependencies');
  const needed = [
    ...namedPackages(facts),
    ...undeclaredPackages(facts),
    ...(framework.requires.node ?? []),
  ];
  const names = [...new Set(needed)].sort();
  const exact = names.map((name) => {
    const range = ranges[name];
    return typeof range === 'string' && /^[\w^~<>=*]/.test(range) && !/^\w+:/.test(range)
      ? `${name}@${range}`
      : name;
  });
  const add = (words: readonly string[]): string =>
    [`${npmInstall} --no-save --ignore-scripts`, ...words.map(quoteShell)].join(' ');
  const ways = [...new Set([add(exact), add(names)])];
  const install = ways.length === 1 ? add(names) : `{ ${ways.join(' || ')}; }`;
  return withoutKeys(['devDependencies'], `${install} && npm rebuild`);
}

/** Packages that tests import without a declaration, as in archives of one part of a larger repository. */
function undeclaredPackages(facts: RepositoryFacts): string[] {
  const declared = declaredPackages(facts, 'dependencies', 'devDependencies', 'peerDependencies');
  const tests = facts.files.filter((file) => testFile.test(file));
  return importedPackages({ ...facts, files: tests }).filter(
    (name) => packageName.test(name) && !declared.includes(name),
  );
}

function testTexts(facts: RepositoryFacts): string[] {
  return facts.files.filter((file) => testFile.test(file)).map((file) => facts.read(file) ?? '');
}

/** Whether tests name a package as a text, to resolve or to load it while they run. */
function isQuoted(texts: readonly string[], name: string): boolean {
  return texts.some((text) =>
    ["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`)),
  );
}

const testFile = /[._-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:__tests__|tests?|spec)\//;
/** Aliases such as `@/lib` and `~/lib` are none. */
const packageName = /^(?:@[a-z\d-][\w.-]*\/)?[a-z\d][\w.-]*$/;

const settingsFile = /^\.?[\w-]+(?:\.config)?\.(?:[cm]?[jt]s|jsonc?|ya?ml)$|^\.\w+rc$/;
/** Compilers and their parts are named by halves of their names, or not at all. */
const compiler = /^@(?:babel|swc|types)\/|^(?:babel-|ts-|tsx$|esbuild$|typescript$)/;

const runsForTests =
  /^(?:pre|post)?(?:tests?|unit|spec|build|compile|transpile)(?:$|[:_-])|^tests-only$/;

/** Packages for development that a file imports, or that a script or a settings file of the root names. */
function namedPackages(facts: RepositoryFacts): string[] {
  const imported = importedPackages(facts);
  const settings = facts.files
    .filter((file) => settingsFile.test(file) && !/^package(?:-lock)?\.json$/.test(file))
    .map((file) => facts.read(file) ?? '');
  const tests = testTexts(facts);
  const scripts = Object.entries(recordAt(facts.packageJson, 'scripts'));
  const texts = [
    ...settings,
    ...['jest', 'mocha', 'babel', 'tap', 'nyc', 'c8'].map((key) =>
      JSON.stringify(recordAt(facts.packageJson, key)),
    ),
    ...scripts.filter(([name]) => runsForTests.test(name)).map(([, text]) => String(text)),
  ];
  return declaredPackages(facts, 'devDependencies').filter(
    (name) =>
      name !== facts.packageJson?.['name'] &&
      (!notForTests.test(name) || imported.includes(name) || isQuoted(tests, name)) &&
      (imported.includes(name) ||
        isQuoted(tests, name) ||
        compiler.test(name) ||
        texts.some((text) => namesWord(text, name))),
  );
}

function namesWord(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return (
    at !== -1 &&
    !/[\w@/-]/.test(text[at - 1] ?? ' ') &&
    !/[\w-]/.test(text[at + name.length] ?? ' ')
  );
}
