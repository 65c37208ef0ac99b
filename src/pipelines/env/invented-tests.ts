// Finds tests that ran though the repository does not hold them: a script may have written them itself.
import type { Framework } from '../../core/framework.ts';
import type { SuiteRun } from '../../core/schema/index.ts';
import { git, runGit } from '../../lib/git.ts';

/**
 * Test files of the run that are not committed in `repository`, the clean copy. Compiled tests count
 * as the repository's own where its own rules ignore them, as they do for build products.
 */
export async function findInventedTests(
  run: SuiteRun,
  framework: Framework,
  repository: string,
): Promise<string[]> {
  const committed = new Set((await git(['ls-files', '-z'], { cwd: repository })).split('\0'));
  const files = [...new Set(run.results.map(({ file }) => file))];
  const unknown = files.filter((file) => file !== '' && !committed.has(file));
  // Python runs what is written, never what was built from it.
  if (unknown.length === 0 || framework.languages.includes('python')) return unknown;
  const { stdout } = await runGit(['check-ignore', '--stdin', '-z'], {
    cwd: repository,
    input: unknown.join('\0'),
  });
  const products = new Set(stdout.split('\0'));
  return unknown.filter((file) => !products.has(file));
}
