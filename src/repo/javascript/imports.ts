// Reads which packages JavaScript and TypeScript files import, to tell whether they can run without an installation.
import { isBuiltin } from 'node:module';
import type { RepositoryFacts } from '../../core/framework.ts';
import { recordAt } from '../facts.ts';

const sourceFile = /\.[cm]?[jt]sx?$/;
/** Not run by the tests. */
const aside =
  /^(?:docs?|examples?|benchmarks?|bench|scripts|\.github)\/|(?:^|\/)(?:bench|example)\.[cm]?[jt]s$|\.d\.[cm]?ts$|(?:^|\/)[\w.-]+\.config\.[cm]?[jt]s$/;

/** Names of packages, not Node's own and not the repository's, that files import or require at load time. */
export function importedPackages(facts: RepositoryFacts): string[] {
  const own = facts.packageJson?.['name'];
  const names = new Set<string>();
  for (const file of facts.files) {
    if (!sourceFile.test(file) || aside.test(file)) continue;
    for (const specifier of specifiers(facts.read(file) ?? '')) {
      const name = packageOf(specifier);
      if (name !== undefined && name !== own) names.add(name);
    }
  }
  return [...names].sort();
}

/** What a file imports at its top level; `import type` and `export type` leave nothing to load. */
export function specifiers(text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s*)?(['"])(?<from>[^'"\n]+)\1|^[^\s/*][^\n]*?\brequire\(\s*(['"])(?<required>[^'"\n]+)\3\s*\)/gm,
  );
  return [...statements].map((match) => match.groups?.['from'] ?? match.groups?.['required'] ?? '');
}

/** `@scope/name` or `name`; undefined for paths, `#internal` names and Node's own modules. */
function packageOf(specifier: string): string | undefined {
  if (/^[./#]|^[a-z]+:/.test(specifier) || isBuiltin(specifier)) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Every package that `package.json` asks for, by kind of dependency. */
export function declaredPackages(
  facts: RepositoryFacts,
  ...kinds: readonly ('dependencies' | 'devDependencies' | 'peerDependencies')[]
): string[] {
  return kinds.flatMap((kind) => Object.keys(recordAt(facts.packageJson, kind)));
}
