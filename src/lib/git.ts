// Calls git so that its answers depend on the repository alone, not on whose machine it runs on.
import { SwemintError } from '../core/errors.ts';
import { type HostCommandOptions, type HostCommandResult, runProgram } from './process.ts';

/** Variables that would point git at another repository, e.g. when we are started from a hook. */
const inherited = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CEILING_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_WORK_TREE',
];

const cleared: Readonly<Record<string, undefined>> = Object.fromEntries(
  inherited.map((name) => [name, undefined]),
);

/** Nothing runs by itself: no hooks, no file watcher, no background upkeep, no `ext::` commands. */
const quiet = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.ext.allow': 'never',
  'safe.directory': '*',
};

/** Bytes go in and out as they are, whatever the user prefers. */
const neutral = {
  'core.autocrlf': 'false',
  'core.safecrlf': 'false',
  'core.attributesFile': '/dev/null',
  'core.excludesFile': '/dev/null',
  'core.quotePath': 'false',
  'commit.gpgSign': 'false',
  'init.defaultBranch': 'main',
};

export interface GitOptions extends HostCommandOptions {
  /**
   * `isolated` ignores the user's settings; `user` keeps them, for what only the user's settings
   * can know: credentials, proxies, personal ignore rules. Default `isolated`.
   */
  settings?: 'isolated' | 'user';
}

/** Runs git; a non-zero exit is data. Never prompts. Throws `SwemintError('missing-program')` without git. */
export function runGit(
  args: readonly string[],
  options: GitOptions = {},
): Promise<HostCommandResult> {
  const { settings = 'isolated', env, ...rest } = options;
  const isolated = settings === 'isolated';
  const config = isolated ? { ...quiet, ...neutral } : quiet;
  return runProgram(
    'git',
    [...Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`]), ...args],
    {
      ...rest,
      env: {
        ...cleared,
        LC_ALL: 'C',
        GIT_TERMINAL_PROMPT: '0',
        GIT_OPTIONAL_LOCKS: '0',
        ...(isolated ? { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' } : {}),
        ...env,
      },
    },
  );
}

/** Runs git and gives its standard output. Throws `SwemintError('git-failed')` with git's own words. */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<string> {
  const result = await runGit(args, options);
  if (result.exitCode !== 0) throw gitFailure(args, result.stderr);
  return result.stdout;
}

function gitFailure(args: readonly string[], stderr: string): SwemintError {
  const reason = gitReason(stderr);
  if (/no space left on device/i.test(stderr)) {
    return new SwemintError('disk-full', 'The disk is full: git could not write its files.', {
      hint: 'Free some space, or choose an output folder on another disk with --out.',
    });
  }
  return new SwemintError('git-failed', `git ${args[0] ?? ''} failed: ${reason}`);
}

/** The line of git's standard error that says what went wrong. */
export function gitReason(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.find((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1);
  return (telling ?? 'it gave no reason').replace(/^(fatal|error):\s*/, '');
}
