// Reads which modules Python files import, to tell whether they can run without an installation.
import type { RepositoryFacts } from '../../core/framework.ts';
import { recordAt } from '../facts.ts';
import type { Machine } from '../machine.ts';
import { sourceRoots } from './layout.ts';

/** Not run by the tests. */
const aside =
  /^(?:docs?|examples?|benchmarks?|bench|scripts|tools|\.github)\/|^(?:setup|noxfile|tasks|fabfile)\.py$/;

/** Python's own modules for other systems: files that import them are not loaded here. */
const otherSystems = new Set(['_winapi', 'msvcrt', 'nt', 'winreg', 'winsound']);

/**
 * Top-level modules that files import unconditionally and that are found neither in the repository
 * nor on the machine. Imports inside functions and `try` blocks count as optional.
 */
export async function missingImports(facts: RepositoryFacts, machine: Machine): Promise<string[]> {
  const own = ownModules(facts);
  const wanted = new Set<string>();
  for (const file of facts.files) {
    if (!file.endsWith('.py') || aside.test(file)) continue;
    const siblings = file.slice(0, file.lastIndexOf('/') + 1);
    for (const module of topLevelImports(facts.read(file) ?? '')) {
      if (own.has(module) || own.has(`${siblings}${module}`)) continue;
      wanted.add(module);
    }
  }
  const names = [...wanted].sort();
  const found = await machine.importable(names);
  return names.filter((name) => !found.has(name) && !otherSystems.has(name));
}

/** First parts of the modules named by unindented `import a.b` and `from a.b import c`. */
export function topLevelImports(text: string): string[] {
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    const from = /^from\s+([A-Za-z_]\w*)[\w.]*\s+import\b/.exec(line)?.[1];
    if (from !== undefined) names.add(from);
    const list =
      /^import\s+((?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*[\w.]+(?:\s+as\s+\w+)?)\s*(?:[#;].*)?$/.exec(
        line,
      )?.[1] ?? '';
    for (const part of list.split(',')) {
      const name = /^\s*([A-Za-z_]\w*)/.exec(part)?.[1];
      if (name !== undefined) names.add(name);
    }
  }
  return [...names];
}

/** Compiled parts: extension modules, Cython, Rust, C++ bindings. */
export function usesCompiledCode(facts: RepositoryFacts): boolean {
  const backend = JSON.stringify(recordAt(facts.pyproject, 'build-system'));
  return (
    facts.files.some((file) => file.endsWith('.pyx')) ||
    /maturin|setuptools.rust|scikit.build|mesonpy|cffi|pybind11|cython/i.test(backend) ||
    /\bext_modules\b|\bcffi_modules\b/.test(facts.read('setup.py') ?? '') ||
    recordAt(facts.pyproject, 'tool', 'setuptools')['ext-modules'] !== undefined
  );
}

/** Whether the package asks for its own installed metadata, or for a version file that a build writes. */
export function needsInstalledMetadata(facts: RepositoryFacts): boolean {
  const versionFile = /(?:write_to|version_file|version-file)\s*=\s*["']([^"']+)["']/.exec(
    facts.read('pyproject.toml') ?? '',
  )?.[1];
  if (versionFile !== undefined && !facts.files.includes(versionFile)) return true;
  return facts.files.some(
    (file) =>
      file.endsWith('.py') &&
      !aside.test(file) &&
      /^(?:from|import) (?:importlib[._]metadata|pkg_resources)\b|^\S.*importlib\.metadata\.|^from importlib import metadata/m.test(
        facts.read(file) ?? '',
      ),
  );
}

/** Modules of the repository: below its source roots, and as `folder/module` for siblings of a file. */
export function ownModules(facts: RepositoryFacts): Set<string> {
  const roots = sourceRoots(facts).map((root) => (root === '.' ? '' : `${root}/`));
  const modules = new Set<string>();
  for (const file of facts.files) {
    if (!/\.pyi?$/.test(file)) continue;
    for (const root of roots) {
      if (!file.startsWith(root)) continue;
      const first = file.slice(root.length).split('/')[0] ?? '';
      modules.add(first.replace(/\.pyi?$/, ''));
    }
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    modules.add(`${folder}${file.slice(folder.length).replace(/\.pyi?$/, '')}`);
    const parent = folder.replace(/[^/]+\/$/, '');
    if (folder !== '') modules.add(`${parent}${folder.slice(parent.length, -1)}`);
  }
  return modules;
}
