// The verifier of a task: a shell script that runs the suite anywhere, between SWE-bench's markers.

const startMarker = '>>>>> Start Test Output';
const endMarker = '>>>>> End Test Output';
const exitMarker = '>>>>> Test Exit Code:';

export interface VerifierParts {
  /** Variables of the environment; `$BASE` stands for its folder, `$BASE/repo` for the repository. */
  env: Readonly<Record<string, string>>;
  /** The suite's command as a person would type it in the repository's root. */
  plainCommand: string;
  /** Repository-relative folder in which the build runs. */
  cwd: string;
  /** A build that must run before the tests see a change. */
  build?: string;
}

/**
 * A POSIX script to be run in the repository's root. It prints the suite's output between the markers
 * that SWE-bench's harness looks for, then the exit code, and ends with it. It changes nothing but what
 * the build and the tests change, and names no path of the machine that made it: the environment is
 * looked for beside the repository, or where `BASE` says; without one, the caller's PATH decides.
 */
export function renderVerifierScript({ env, plainCommand, cwd, build }: VerifierParts): string {
  const lines = [
    '#!/bin/sh',
    '# Runs the test suite as it ran when the labels of this task were proved.',
    "# Start it in the repository's root. BASE is the folder of the environment.",
    'set -u',
    'REPO="$(pwd)"',
    'BASE="${BASE:-$(dirname "$REPO")}"',
    ...Object.entries(env).map(([name, value]) => renderVariable(name, value)),
    'status=0',
  ];
  if (build !== undefined) lines.push(`${inFolder(cwd, build)} || status=$?`);
  lines.push(`echo '${startMarker}'`);
  if (build === undefined) {
    lines.push(`( ${plainCommand} ) 2>&1 || status=$?`);
  } else {
    lines.push(
      'if [ "$status" -eq 0 ]; then',
      `  ( ${plainCommand} ) 2>&1 || status=$?`,
      'else',
      '  echo "The build failed with exit code $status."',
      'fi',
    );
  }
  lines.push(`echo '${endMarker}'`, `echo "${exitMarker} $status"`, 'exit "$status"');
  return `${lines.join('\n')}\n`;
}

function inFolder(folder: string, command: string): string {
  return folder === '.' ? `( ${command} )` : `( cd ${quote(folder)} && ${command} )`;
}

function renderVariable(name: string, value: string): string {
  if (name === 'PATH') return renderPath(value);
  const line = `export ${name}=${renderValue(value)}`;
  // A lone folder of the environment (a home, a cache) counts only where the environment is.
  const alone = value.startsWith('$BASE') && !value.includes(':');
  return alone ? `[ ! -e ${renderValue(value)} ] || ${line}` : line;
}

/** The environment's own folders first; the machine's are the caller's affair. */
function renderPath(value: string): string {
  const own = value.split(':').filter((entry) => entry.startsWith('$BASE'));
  return `export PATH=${[...own.map(renderValue), '"$PATH"'].join(':')}`;
}

/** Quoted for the shell, with `$BASE` and the repository inside it left for the shell to fill in. */
function renderValue(value: string): string {
  return value
    .split(/(\$BASE(?:\/repo(?=\/|:|$))?)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part === '$BASE') return '"$BASE"';
      return part === '$BASE/repo' ? '"$REPO"' : quote(part);
    })
    .join('');
}

function quote(text: string): string {
  return /^[\w\-+=:,./@%^]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
