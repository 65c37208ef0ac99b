// Turns a lockfile of uv, Poetry or PDM into constraints that any installer obeys.
import type { RepositoryFacts } from '../../core/framework.ts';

const lockfiles = ['uv.lock', 'poetry.lock', 'pdm.lock'];

export interface Constraints {
  /** Writes the constraints; run before the installation. */
  prepare: string;
  /** What the installation's command takes. */
  words: readonly string[];
}

/**
 * Nothing newer than what the lockfile names. Several versions of one package are for different
 * Pythons, so the newest bounds it and the installer chooses. Undefined without a lockfile.
 */
export function lockedConstraints(facts: RepositoryFacts): Constraints | undefined {
  const file = lockfiles.find((name) => facts.files.includes(name));
  if (file === undefined) return undefined;
  const target = '"$BASE/home/constraints.txt"';
  // All three hold one `[[package]]` after the other, versions ascending; the repository itself is not from an index.
  const program = [
    '/^\\[\\[package\\]\\]/ { name = "" }',
    '/^name = / { name = $2 }',
    '/^version = / { bound[name] = $2 }',
    '/^source = .*(editable|virtual|directory|git) =/ { delete bound[name] }',
    'END { for (name in bound) if (name != "") print name "<=" bound[name] }',
  ].join(' ');
  return {
    prepare: `awk -F'"' '${program}' ${file} > ${target}`,
    words: ['-c', target],
  };
}
