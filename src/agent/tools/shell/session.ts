// A shell that lives as long as the rollout: one command at a time, folder and variables kept.
import { randomUUID } from 'node:crypto';
import type { ToolSandbox } from '../../../core/agent.ts';
import { SwemintError } from '../../../core/errors.ts';
import type { SandboxProcess } from '../../../core/sandbox.ts';
import { SHELL_PROGRAM } from './program.ts';

export interface ShellLimits {
  /** Seconds until the command and what it started is ended. */
  seconds: number;
  /** Bytes of output that are kept; far more ends the command. */
  outputBytes: number;
}

export interface ShellResult {
  /** `lost`: the shell itself went away, and with it everything in the background. */
  outcome: 'exited' | 'timed-out' | 'output-limit' | 'lost';
  /** Null unless it exited; signals count as 128 + number, as shells do. */
  exitCode: number | null;
  output: string;
  /** The part of the output that was dropped from its middle, bytes. */
  droppedBytes: number;
  /** Where the next command will run. */
  folder: string;
}

export interface ShellSession extends AsyncDisposable {
  run(command: string, limits: ShellLimits, signal: AbortSignal): Promise<ShellResult>;
}

/** Opens lazily, and again whenever the shell was lost. */
export function openShellSession(sandbox: ToolSandbox, folder: () => string): ShellSession {
  let shell: SandboxProcess | undefined;
  let tail: Promise<unknown> = Promise.resolve();

  const start = async (): Promise<SandboxProcess> => {
    // The folder may be gone, and even the root: a command before this one may have deleted both.
    const find = 'cd "$1" 2>/dev/null || cd "$2" 2>/dev/null || cd /';
    const script = `${find}\n${SHELL_PROGRAM}\nwhile read -r line; do eval "$line"; done`;
    const argv = ['sh', '-c', script, 'shell', folder(), sandbox.root];
    const limits = { timeoutMs: DAY, cpuMs: DAY };
    const started = await sandbox.spawn({ argv, cwd: '/', limits });
    for await (const line of started.lines) {
      if (line.startsWith('ready ')) return started;
    }
    const { stderr } = await started.exited;
    throw new SwemintError('sandbox-broken', `No shell starts in the sandbox: ${stderr.trim()}`);
  };
  const end = async (): Promise<void> => {
    const old = shell;
    shell = undefined;
    await old?.kill();
  };
  const runOne = async (
    command: string,
    limits: ShellLimits,
    signal: AbortSignal,
  ): Promise<ShellResult> => {
    signal.throwIfAborted();
    shell ??= await start();
    const onAbort = (): void => void end();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      let result = await converse(shell, command, limits);
      signal.throwIfAborted();
      if (result === 'gone') {
        // Nothing was run: a new shell can do it.
        await end();
        shell = await start();
        result = await converse(shell, command, limits);
        signal.throwIfAborted();
      }
      if (typeof result === 'object') return result;
      await end();
      return { outcome: 'lost', exitCode: null, output: '', droppedBytes: 0, folder: folder() };
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
  return {
    run: (command, limits, signal) => {
      const result = tail.then(() => runOne(command, limits, signal));
      tail = result.catch(() => undefined);
      return result;
    },
    [Symbol.asyncDispose]: end,
  };
}

/** `gone`: the shell's own files were deleted and nothing was run. `lost`: it went away before the command had ended. */
async function converse(
  shell: SandboxProcess,
  command: string,
  limits: ShellLimits,
): Promise<ShellResult | 'gone' | 'lost'> {
  const mark = `end-${randomUUID()}`;
  const script = command.replaceAll('\0', '');
  const encoded = Buffer.from(script).toString('base64');
  try {
    // In pieces: a shell may bound the length of a line it reads.
    await shell.write(`printf "" >"$dir/packed"\n`);
    for (let at = 0; at < encoded.length; at += LINE) {
      await shell.write(`echo ${encoded.slice(at, at + LINE)} >>"$dir/packed"\n`);
    }
    await shell.write(`base64 -d <"$dir/packed" >"$dir/command"\n`);
    await shell.write(`run ${Math.ceil(limits.seconds)} ${limits.outputBytes} ${mark}\n`);
  } catch (error) {
    if (error instanceof SwemintError && error.code === 'program-ended') return 'lost';
    throw error;
  }
  const parts: string[][] = [[]];
  let left = limits.outputBytes * 2 + SLACK;
  for await (const line of shell.lines) {
    if (line === '...') parts.push([]);
    else if (line === 'gone') return 'gone';
    else if (line.startsWith(mark)) return readEnd(line, parts, limits);
    // Anything else was written by a command that reaches for our own pipe.
    else if (BASE64.test(line)) parts.at(-1)?.push(line);
    left -= line.length + 1;
    // Only a command that writes past its own output gets here.
    if (left < 0) return 'lost';
  }
  return 'lost';
}

const BASE64 = /^[A-Za-z0-9+/=]*$/;
const DAY = 24 * 60 * 60_000;
const LINE = 3000;
const SLACK = 64 * 1024;

/** Line by line: one that does not belong spoils no other. */
function decode(lines: readonly string[]): string {
  return Buffer.concat(lines.map((line) => Buffer.from(line, 'base64'))).toString();
}

function readEnd(line: string, parts: readonly string[][], limits: ShellLimits): ShellResult {
  const [, code, cut, size, folder] = line.split(' ');
  const texts = parts.map((lines) => decode(lines));
  const outcome = cut === 'late' ? 'timed-out' : cut === 'flooded' ? 'output-limit' : 'exited';
  const droppedBytes = parts.length > 1 ? Math.max(0, Number(size) - limits.outputBytes) : 0;
  return {
    outcome,
    exitCode: outcome === 'exited' ? Number(code) : null,
    output: texts.join(`\n[… ${droppedBytes} bytes left out …]\n`),
    droppedBytes,
    folder: Buffer.from(folder ?? '', 'base64')
      .toString()
      .replace(/\n$/, ''),
  };
}
