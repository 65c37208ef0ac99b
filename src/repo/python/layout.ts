// Finds the folders from which a Python repository's packages are imported.
import type { RepositoryFacts } from '../../core/framework.ts';
import { isRecord, recordAt, textsAt } from '../facts.ts';

/** Repository-relative source roots, most specific first, `.` last. */
export function sourceRoots(facts: RepositoryFacts): string[] {
  const setuptools = recordAt(facts.pyproject, 'tool', 'setuptools');
  const declared = [
    ...Object.values(recordAt(setuptools, 'package-dir')).slice(0, 1),
    ...textsAt(setuptools, 'packages', 'find', 'where'),
    ...poetryRoots(facts),
    ...[...(facts.read('setup.cfg') ?? '').matchAll(/^(?:where|\s*)=\s*(\S+)\s*$/gm)].map(
      (match) => match[1],
    ),
    /package_dir\s*=\s*\{\s*['"]{2}\s*:\s*['"]([^'"]+)['"]/.exec(facts.read('setup.py') ?? '')?.[1],
  ].filter((root) => typeof root === 'string');
  const usual = ['src', 'lib'].filter((root) =>
    facts.files.some((file) =>
      new RegExp(`^${root}/(?:[^/]+/__init__\\.py|[^/]+\\.py)$`).test(file),
    ),
  );
  const roots = [...declared, ...usual]
    .map((root) => root.replace(/^\.\//, '').replace(/\/+$/, ''))
    .filter(
      (root) =>
        root !== '' && root !== '.' && facts.files.some((file) => file.startsWith(`${root}/`)),
    );
  return [...new Set([...roots, '.'])];
}

/** Variables with which the sources can be imported without an installation. */
export function pythonVariables(facts: RepositoryFacts): Record<string, string> {
  return {
    PYTHONPATH: sourceRoots(facts)
      .map((root) => (root === '.' ? '$BASE/repo' : `$BASE/repo/${root}`))
      .join(':'),
  };
}

function poetryRoots(facts: RepositoryFacts): string[] {
  const packages = recordAt(facts.pyproject, 'tool', 'poetry')['packages'];
  if (!Array.isArray(packages)) return [];
  return packages.flatMap((entry: unknown) =>
    isRecord(entry) && typeof entry['from'] === 'string' ? [entry['from']] : [],
  );
}
