// Names what neighbouring repositories have in common: their ecosystem and how they are built.
import { contentHash } from '../../core/ids.ts';
import type { RepositoryFacts } from '../../core/framework.ts';
import { isRecord, recordAt, textsAt } from '../../repo/facts.ts';

/** Files of the root that decide how a repository is installed and tested. */
const buildFile =
  /^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements[\w.-]*\.txt|(?:requirements|deps)\/[\w.-]+\.txt|Pipfile(?:\.lock)?|poetry\.lock|uv\.lock|pdm\.lock|tox\.ini|noxfile\.py|pytest\.ini|environment\.ya?ml|package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|\.yarnrc\.yml|pnpm-(?:lock|workspace)\.yaml|lerna\.json|tsconfig\.json|(?:jest|vitest|vite|babel|rollup|webpack|karma)\.config\.[cm]?[jt]s|\.mocharc\.\w+|\.babelrc|pom\.xml|mvnw|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradlew|go\.mod|go\.sum|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|[\w-]+\.gemspec|composer\.(?:json|lock)|phpunit\.xml(?:\.dist)?|CMakeLists\.txt|meson\.build|configure(?:\.ac)?|Makefile)$/;

/**
 * Equal for repositories that are most likely set up the same way: same languages, same build files,
 * same build system and same ways of testing. Versions and names do not matter.
 */
export function fingerprintOf(facts: RepositoryFacts, languages: readonly string[]): string {
  const files = facts.files
    .filter((file) => buildFile.test(file))
    .map((file) => (file.endsWith('.gemspec') ? '*.gemspec' : file));
  const traits = {
    language: languages[0] ?? '',
    files: files.toSorted(),
    backend: recordAt(facts.pyproject, 'build-system')['build-backend'] ?? null,
    requires: textsAt(facts.pyproject, 'build-system', 'requires').map(nameOf).toSorted(),
    extras: Object.keys(recordAt(facts.pyproject, 'project', 'optional-dependencies')).toSorted(),
    groups: Object.keys(recordAt(facts.pyproject, 'dependency-groups')).toSorted(),
    workspaces: facts.packageJson?.['workspaces'] !== undefined,
    manager: managerOf(facts),
    test: recordAt(facts.packageJson, 'scripts')['test'] ?? null,
  };
  return contentHash(JSON.stringify(traits)).slice(0, 16);
}

function nameOf(requirement: string): string {
  return /^[\w.-]*/.exec(requirement)?.[0].toLowerCase() ?? '';
}

function managerOf({ packageJson }: RepositoryFacts): string | null {
  const wanted = isRecord(packageJson) ? packageJson['packageManager'] : undefined;
  return typeof wanted === 'string' ? (wanted.split('@')[0] ?? null) : null;
}
