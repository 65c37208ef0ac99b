// Starts the real command line for tests, in a process of its own.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

export interface CommandLineResult {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartedCommandLine {
  child: ChildProcess;
  result: Promise<CommandLineResult>;
}

/** Starts `swemint …args` in `cwd`, not yet ended. */
export function startCommandLine(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): StartedCommandLine {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<CommandLineResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
  return { child, result };
}

/** Runs `swemint …args` to its end. */
export function runCommandLine(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandLineResult> {
  return startCommandLine(args, cwd, env).result;
}
