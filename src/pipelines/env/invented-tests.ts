// Finds what a script may have written to get its way: tests of its own, and settings that bend the others.
import type { Framework } from '../../core/framework.ts';
import type { SuiteRun } from '../../core/schema/index.ts';
import { git, runGit } from '../../lib/git.ts';

/**
 * Test files of the run that are not committed in `clean`, the clean copy. Compiled tests count as
 * the repository's own where its own rules ignore them, as they do for build products.
 */
export async function findInventedTests(
  run: SuiteRun,
  framework: Framework,
  clean: string,
): Promise<string[]> {
  const committed = new Set((await git(['ls-files', '-z'], { cwd: clean })).split('\0'));
  const files = [...new Set(run.results.map(({ file }) => file))];
  const unknown = files.filter((file) => file !== '' && !committed.has(file));
  // Python runs what is written, never what was built from it.
  return framework.languages.includes('python') ? unknown : withoutProducts(unknown, clean);
}

/** Files that decide how tests run, wherever they lie. */
const settings = [
  'conftest.py',
  'pytest.ini',
  '.pytest.ini',
  'tox.ini',
  'setup.cfg',
  'sitecustomize.py',
  'usercustomize.py',
  'jest.config.*',
  'vitest.config.*',
  'vitest.workspace.*',
  'babel.config.*',
  '.babelrc*',
  '.mocharc*',
  '.taprc',
];

/**
 * Settings of test frameworks that lie in `built`, the repository after an installation, and are
 * neither committed nor products that its own rules ignore.
 */
export async function findPlantedSettings(built: string, clean: string): Promise<string[]> {
  const patterns = settings.map((name) => `:(glob)**/${name}`);
  const others = ['node_modules', 'site-packages'].map((name) => `:(exclude,glob)**/${name}/**`);
  const listing = await git(['ls-files', '--others', '-z', '--', ...patterns, ...others], {
    cwd: built,
  });
  return withoutProducts(
    listing.split('\0').filter((file) => file !== ''),
    clean,
  );
}

/** Files that the repository's own rules do not ignore. */
async function withoutProducts(files: readonly string[], clean: string): Promise<string[]> {
  if (files.length === 0) return [];
  const { stdout } = await runGit(['check-ignore', '--stdin', '-z'], {
    cwd: clean,
    input: files.join('\0'),
  });
  const products = new Set(stdout.split('\0'));
  return files.filter((file) => !products.has(file));
}
