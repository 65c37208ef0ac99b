// Lists a folder two levels deep, as a first look at a repository.
import type { ToolSandbox } from '../../../core/agent.ts';

const MOST_ENTRIES = 500;

const SCRIPT = `[ -d "$1" ] || exit 3
cd "$1" && {
  find . -mindepth 1 -maxdepth 2 ! -path '*/.*' -type d | sed 's|$|/|'
  find . -mindepth 1 -maxdepth 2 ! -path '*/.*' ! -type d
} | sed 's|^\\./||' | head -n 20000`;

/** Undefined when the path is no folder. Hidden files are left out. */
export async function listFolder(
  sandbox: ToolSandbox,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const limits = { timeoutMs: 60_000 };
  const result = await sandbox.exec({ argv: ['sh', '-c', SCRIPT, 'list', path], limits, signal });
  if (result.exitCode === 3) return undefined;
  const entries = result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
  const shown = entries.slice(0, MOST_ENTRIES);
  const left = entries.length - shown.length;
  if (entries.length === 0) return `${path} holds nothing but hidden files, if any.`;
  return [`${path}, two levels deep:`, ...shown, ...(left > 0 ? [`[… ${left} more …]`] : [])].join(
    '\n',
  );
}
