// Reads what an agent changed, as a patch against the recorded start and without tests.
import { randomUUID } from 'node:crypto';
import type { ToolSandbox, WorkBaseline } from '../core/agent.ts';
import { SwemintError } from '../core/errors.ts';
import type { ExecResult } from '../core/sandbox.ts';
import { gitCommand } from './baseline.ts';

/**
 * Everything that differs from the baseline commit, new files included, ignored ones not, whether
 * the agent committed it or not. The repository's own index stays as it is. Empty when nothing changed.
 * Throws `SwemintError('no-patch')` when git cannot tell, e.g. because the history was destroyed.
 */
export async function readPatch(
  sandbox: Pick<ToolSandbox, 'exec'>,
  baseline: WorkBaseline,
  signal?: AbortSignal,
): Promise<string> {
  const index = `/tmp/.patch-index-${randomUUID()}`;
  const git = async (args: readonly string[], stdin?: string): Promise<string> => {
    const result = await sandbox.exec({
      argv: [...gitCommand, ...args],
      cwd: baseline.folder,
      env: { GIT_INDEX_FILE: index, GIT_LITERAL_PATHSPECS: '1', LC_ALL: 'C' },
      limits: { timeoutMs: 120_000 },
      ...(stdin === undefined ? {} : { stdin }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.outcome === 'exited' && result.exitCode === 0) return result.stdout;
    signal?.throwIfAborted();
    throw noPatch(result);
  };
  await git(['read-tree', baseline.commit]);
  try {
    await git(['add', '--all', '--ignore-errors', '.']);
    const names = await git([
      'diff',
      '--cached',
      '--name-only',
      '--no-renames',
      '-z',
      baseline.commit,
    ]);
    const excluded = names.split('\0').filter((name) => name !== '' && baseline.isExcluded(name));
    if (excluded.length > 0) {
      const fromStdin = ['--pathspec-from-file=-', '--pathspec-file-nul'];
      await git(['reset', '-q', ...fromStdin, baseline.commit], `${excluded.join('\0')}\0`);
    }
    return await git(['diff', '--cached', '--binary', '--no-renames', ...plain, baseline.commit]);
  } finally {
    await sandbox.exec({ argv: ['rm', '-f', index] });
  }
}

const plain = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

function noPatch(result: ExecResult): SwemintError {
  const why = result.stderr.trim().split('\n')[0] ?? '';
  return new SwemintError(
    'no-patch',
    `Git could not tell what changed: ${why || result.outcome}.`,
    {
      hint: 'Was the .git folder changed or removed by the work?',
    },
  );
}
