// Remembers where the work starts, so that a patch and a reset mean the same at every later moment.
import { SwemintError } from '../core/errors.ts';
import type { WorkBaseline } from '../core/agent.ts';
import type { Sandbox } from '../core/sandbox.ts';

/**
 * The commit that a repository in the sandbox stands on.
 * Throws `SwemintError('no-baseline')` when the folder is no repository with a commit.
 */
export async function recordBaseline(
  sandbox: Pick<Sandbox, 'exec'>,
  folder: string,
  isExcluded: (path: string) => boolean = () => false,
): Promise<WorkBaseline> {
  const result = await sandbox.exec({ argv: [...gitCommand, 'rev-parse', 'HEAD'], cwd: folder });
  const commit = result.stdout.trim();
  if (result.exitCode !== 0 || !/^[0-9a-f]{40,64}$/.test(commit)) {
    throw new SwemintError(
      'no-baseline',
      `${folder} in the sandbox is not a git repository with a commit.`,
      {
        hint: 'Commit the starting state there before the agent begins.',
      },
    );
  }
  return { folder, commit, isExcluded };
}

/** Git, deaf to what an agent may have put into the repository's settings. */
export const gitCommand: readonly string[] = [
  'git',
  ...[
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.quotePath=false',
    'safe.directory=*',
    'core.autocrlf=false',
  ].flatMap((setting) => ['-c', setting]),
];
