// Finds what a Python repository says its tests need: extras, groups, files and tools' environments.
import type { RepositoryFacts } from '../../core/framework.ts';
import { isRecord, recordAt, textsAt } from '../facts.ts';
import { metadata } from '../identity.ts';
import { noxRequirements } from './nox.ts';
import {
  poetryRequirements,
  requirementLines,
  setupCfgList,
  setupCfgSection,
  setupPyList,
} from './requirements.ts';

export interface TestRequirements {
  /** Extras of the package itself. */
  extras: string[];
  /** Requirements (PEP 508). */
  packages: string[];
  /** Requirement files of the repository. */
  files: string[];
}

const forTests =
  /^(?:unit[-_]?)?tests?(?:ing)?(?:[-_](?:all|base|core|deps|min|no[-_]\w+|requires?))?$/i;
const forDevelopment = /^(?:dev|devel|develop|development|ci)(?:[-_]deps)?$/i;
const testFile =
  /^(?:(?:requirements[-_./])?(?:tests?|testing)(?:[-_]requirements)?|(?:tests?|testing)[-_]reqs?|requirements\/(?:[\w-]+[-_])?(?:tests?|testing))\.(?:txt|in|pip)$|^tests?\/requirements\.(?:txt|in)$/i;
const developmentFile =
  /^(?:requirements[-_./](?:dev|develop|development|ci)|(?:dev|develop|development)[-_]requirements|requirements\/(?:dev|develop|development|ci))\.(?:txt|in|pip)$/i;

/** Tools of a developer's day that no test loads, and that take long to install. */
const notForTests =
  /^(?:black|build|bump2version|bumpversion|codecov|coveralls|docutils|flake8|furo|hatch|isort|mkdocs|mypy|myst-parser|nox|pip-tools|pre-commit|pylint|pyright|ruff|sphinx|towncrier|tox|twine|wheel)(?![\w.]|-[\w])|^(?:flake8|mkdocs|sphinx|sphinxcontrib|tox|types)[-_.]/i;

/** Everything declared for tests; what is declared for development in general only where tests have nothing. */
export function testRequirements(facts: RepositoryFacts): TestRequirements {
  const tables = namedRequirements(facts);
  for (const suits of [forTests, forDevelopment]) {
    const extras = extraNames(facts).filter((name) => suits.test(name));
    const packages = tables
      .filter(([name]) => suits.test(name))
      .flatMap(([, list]) => list)
      .filter((line) => suits === forTests || !notForTests.test(line) || isImported(facts, line));
    const files = pickFiles(facts, suits === forTests ? testFile : developmentFile);
    if (suits === forTests) packages.push(...setupLists(facts));
    const found = ownExtras(facts, { extras, packages: [...new Set(packages)], files });
    if (!isEmpty(found)) return found;
    if (suits !== forTests) continue;
    const declared = [toxRequirements(facts), noxRequirements(facts)].find(
      (tool) => !isEmpty({ extras, ...tool }),
    );
    if (declared) return ownExtras(facts, { extras, ...declared });
  }
  return nothing;
}

/** What is declared for development in general, tools aside: tests may need more than is said to be theirs. */
export function developmentRequirements(facts: RepositoryFacts): TestRequirements {
  const packages = namedRequirements(facts)
    .filter(([name]) => forDevelopment.test(name))
    .flatMap(([, list]) => list)
    .filter((line) => !notForTests.test(line) || isImported(facts, line));
  return ownExtras(facts, {
    extras: extraNames(facts).filter((name) => forDevelopment.test(name)),
    packages: [...new Set(packages)],
    files: pickFiles(facts, developmentFile),
  });
}

const nothing: TestRequirements = { extras: [], packages: [], files: [] };

export function isEmpty({ extras, packages, files }: TestRequirements): boolean {
  return extras.length + packages.length + files.length === 0;
}

/** The package itself among its own requirements, `name[extra]`, means its extras. */
function ownExtras(facts: RepositoryFacts, found: TestRequirements): TestRequirements {
  const names = [recordAt(facts.pyproject, 'project')['name'], metadata(facts, 'Name')[0]]
    .filter((name) => typeof name === 'string')
    .map(normalise);
  const own = found.packages.filter((line) => names.includes(normalise(nameOf(line))));
  const extras = own.flatMap((line) => /\[([^\]]*)\]/.exec(line)?.[1]?.split(',') ?? []);
  return {
    extras: [...new Set([...found.extras, ...extras.map((name) => name.trim())])],
    packages: found.packages.filter((line) => !own.includes(line)),
    files: found.files,
  };
}

function nameOf(requirement: string): string {
  return /^[\w.-]+/.exec(requirement)?.[0] ?? '';
}

/** Names of the package's extras, wherever they are declared. */
function extraNames(facts: RepositoryFacts): string[] {
  const literal =
    /\bextras_require\s*=\s*\{([^}]*)\}/.exec(facts.read('setup.py') ?? '')?.[1] ?? '';
  return [
    ...new Set([
      ...Object.keys(recordAt(facts.pyproject, 'project', 'optional-dependencies')),
      ...Object.keys(recordAt(facts.pyproject, 'tool', 'poetry', 'extras')),
      ...Object.keys(recordAt(facts.pyproject, 'tool', 'flit', 'metadata', 'requires-extra')),
      ...[...setupCfgSection(facts, 'options.extras_require').matchAll(/^([\w-]+)\s*=/gm)].map(
        (match) => match[1]!,
      ),
      ...[...literal.matchAll(/(['"])([\w-]+)\1\s*:/g)].map((match) => match[2]!),
      ...metadata(facts, 'Provides-Extra'),
    ]),
  ];
}

/** Lists of requirements with a name, from the formats that have them. */
function namedRequirements(facts: RepositoryFacts): [string, string[]][] {
  const { pyproject } = facts;
  const groups = recordAt(pyproject, 'dependency-groups');
  const hatch = Object.entries(recordAt(pyproject, 'tool', 'hatch', 'envs'));
  const poetry = Object.entries(recordAt(pyproject, 'tool', 'poetry', 'group'));
  return [
    ...Object.keys(groups).map((name): [string, string[]] => [name, expandGroup(groups, name)]),
    ...poetry.map(([name, group]): [string, string[]] => [
      name,
      poetryRequirements(recordAt(group, 'dependencies')),
    ]),
    ['dev', poetryRequirements(recordAt(pyproject, 'tool', 'poetry', 'dev-dependencies'))],
    ['dev', textsAt(pyproject, 'tool', 'uv', 'dev-dependencies')],
    ...Object.keys(recordAt(pyproject, 'tool', 'pdm', 'dev-dependencies')).map(
      (name): [string, string[]] => [
        name,
        textsAt(pyproject, 'tool', 'pdm', 'dev-dependencies', name),
      ],
    ),
    ...hatch.map(([name, environment]): [string, string[]] => [
      name === 'default' || name === 'hatch-test' ? 'test' : name,
      [
        ...textsAt(environment, 'dependencies'),
        ...textsAt(environment, 'extra-dependencies'),
      ].filter((line) => !line.includes('{')),
    ]),
  ];
}

/** A group of PEP 735 with those it includes. */
function expandGroup(
  groups: Readonly<Record<string, unknown>>,
  name: string,
  open: readonly string[] = [],
): string[] {
  const key = Object.keys(groups).find((other) => normalise(other) === normalise(name));
  const entries = key === undefined ? undefined : groups[key];
  if (!Array.isArray(entries) || open.includes(normalise(name))) return [];
  return entries.flatMap((entry: unknown) => {
    if (typeof entry === 'string') return [entry];
    const included = isRecord(entry) ? entry['include-group'] : undefined;
    return typeof included === 'string'
      ? expandGroup(groups, included, [...open, normalise(name)])
      : [];
  });
}

/** Whether any Python file imports what the requirement brings, as far as the names agree. */
function isImported(facts: RepositoryFacts, requirement: string): boolean {
  const module = nameOf(requirement).replaceAll('-', '_');
  const statement = new RegExp(`^\\s*(?:from|import)\\s+${module.replaceAll('.', '\\.')}\\b`, 'im');
  return facts.files.some(
    (file) => /(?:^|\/)tests?\/.*\.py$/.test(file) && statement.test(facts.read(file) ?? ''),
  );
}

function normalise(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function setupLists(facts: RepositoryFacts): string[] {
  return [
    ...setupPyList(facts, 'tests_require'),
    ...setupCfgList(facts, 'options', 'tests_require'),
  ];
}

/** Files that match; a compiled `.txt` stands for its `.in`. */
function pickFiles(facts: RepositoryFacts, pattern: RegExp): string[] {
  const found = facts.files.filter((file) => pattern.test(file));
  return found.filter(
    (file) => !file.endsWith('.in') || !found.includes(file.replace(/in$/, 'txt')),
  );
}

/** The `deps` of tox's default environment; lines for one factor or with substitutions are left out. */
function toxRequirements(facts: RepositoryFacts): Omit<TestRequirements, 'extras'> {
  const section = /^\[testenv\]\s*\n([^[]*)/m.exec(facts.read('tox.ini') ?? '')?.[1] ?? '';
  const value = /^deps\s*=(.*(?:\n(?:[ \t]+.*|\s*$))*)/m.exec(section)?.[1] ?? '';
  const lines = [
    ...value.split('\n'),
    ...textsAt(facts.pyproject, 'tool', 'tox', 'env_run_base', 'deps'),
  ]
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !line.includes('{') && !/^[\w,!.-]+\s*:\s/.test(line));
  return {
    packages: lines.filter((line) => !line.startsWith('-')),
    files: lines
      .map((line) => /^(?:-r\s*|--requirement[= ])(\S+)$/.exec(line)?.[1])
      .filter((file) => file !== undefined && facts.files.includes(file))
      .map((file) => file!),
  };
}

/** Whether a requirement file pins by hash, which pip then asks of everything in the same call. */
export function pinsByHash(facts: RepositoryFacts, file: string): boolean {
  return (facts.read(file) ?? '').includes('--hash=');
}

/** Whether the repository lists what it needs at all in that file. */
export function hasRequirements(facts: RepositoryFacts, file: string): boolean {
  return requirementLines(facts, file).length > 0;
}
