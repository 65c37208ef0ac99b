// Says why a repository has no environment to try, in one sentence and with what to do.
import { SwemintError } from '../core/errors.ts';
import type { Framework, RepositoryFacts } from '../core/framework.ts';
import type { SourceSpec } from '../core/schema/index.ts';
import { type Machine, requireTool } from './machine.ts';
import { sourceLanguages } from './source-languages.ts';

/**
 * The error for an empty ladder: `unknown-language`, `no-tests`, `missing-python3`, `missing-npm`
 * or `no-environment`.
 */
export async function explainNoEnvironment(
  facts: RepositoryFacts,
  spec: SourceSpec,
  machine: Machine,
  frameworks: readonly Framework[],
): Promise<SwemintError> {
  const supported = [...new Set(frameworks.flatMap(({ languages }) => languages))];
  const present = spec.language === undefined ? sourceLanguages(facts) : [spec.language];
  const languages = present.filter((language) => supported.includes(language));
  if (languages.length === 0) {
    return new SwemintError(
      'unknown-language',
      present.length === 0
        ? 'No source files of a known language were found.'
        : `swemint does not know how to test ${present.slice(0, 3).join(', ')}.`,
      { hint: `Known are ${supported.join(', ')}.` },
    );
  }
  const detected = frameworks.filter(
    (framework) =>
      framework.languages.some((language) => languages.includes(language)) &&
      framework.detect(facts) !== undefined,
  );
  if (detected.length === 0) {
    return new SwemintError('no-tests', `No ${languages[0]} tests were found.`, {
      hint: 'Published packages often leave their tests out: give the repository itself, as a folder or git URL.',
    });
  }
  const tool = languages.includes('python') ? 'python3' : 'npm';
  try {
    await requireTool(machine, tool);
  } catch (error) {
    if (error instanceof SwemintError) return error;
    throw error;
  }
  const names = detected.map(({ name }) => name).join(', ');
  return new SwemintError('no-environment', `Nothing on this machine can install for ${names}.`, {
    hint:
      tool === 'python3'
        ? 'Install python3 with its venv and pip modules, or uv.'
        : 'The repository needs a package.json to install from.',
  });
}
