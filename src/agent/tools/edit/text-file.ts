// A file as text that can be edited without changing what was not asked for: line ends, final newline, encoding.
import type { ToolSandbox } from '../../../core/agent.ts';
import { SwemintError } from '../../../core/errors.ts';

/** Text, or why it is none. */
export type FileText = { text: string } | { problem: string };

/** Larger files are not read into our own memory. */
const LARGEST_BYTES = 16 * 1024 * 1024;

// Only a regular file has a size, and only it can be read to an end.
const SIZE = 'if [ -f "$1" ]; then wc -c <"$1"; elif [ -e "$1" ]; then echo none; fi';

/** Reads a file that may not exist: undefined then. */
export async function readTextFile(
  sandbox: ToolSandbox,
  path: string,
): Promise<FileText | undefined> {
  const { stdout } = await sandbox.exec({ argv: ['sh', '-c', SIZE, 'size', path] });
  if (stdout.trim() === 'none') return { problem: `${path} is not a file.` };
  if (Number(stdout) > LARGEST_BYTES) {
    return { problem: `${path} is too large for this tool: look at parts of it in the shell.` };
  }
  let bytes: Uint8Array;
  try {
    bytes = await sandbox.read(path);
  } catch (error) {
    if (error instanceof SwemintError && error.code === 'no-such-file') return undefined;
    throw error;
  }
  if (bytes.includes(0)) return { problem: `${path} is not a text file.` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { problem: `${path} is not UTF-8. Change it with a program that knows its encoding.` };
  }
}

/** Line ends of the model's text as those of the file. */
export function withLineEndsOf(file: string, text: string): string {
  const windows = file.includes('\r\n') && !/(?<!\r)\n/.test(file);
  return windows ? text.replaceAll(/\r?\n/g, '\r\n') : text;
}

/** Lines without their ends; a final newline begins no further line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
