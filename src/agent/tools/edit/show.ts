// Shows lines with their numbers.
import { linesOf } from './text-file.ts';

/** Characters shown at once: about what a model reads without losing the thread. */
const SHOWN = 12_000;

/** The lines from `first` to `last` (1-based, inclusive), as far as they fit, and what was left out. */
export function showLines(text: string, first: number, last: number): string {
  const lines = linesOf(text);
  if (lines.length === 0) return '(the file is empty)';
  const shown: string[] = [];
  let size = 0;
  let next = first;
  for (; next <= Math.min(last, lines.length); next += 1) {
    const line = `${String(next).padStart(6)}\t${shorten(lines[next - 1] ?? '')}`;
    size += line.length + 1;
    if (size > SHOWN && shown.length > 0) break;
    shown.push(line);
  }
  const left = Math.min(last, lines.length) - next + 1;
  if (left > 0)
    shown.push(`[… ${left} more lines of ${lines.length}: ask for view_range [${next}, …] …]`);
  return shown.join('\n');
}

/** A changed place with four lines around it. */
export function showAround(text: string, offset: number, length: number): string {
  const first = lineAt(text, offset);
  const last = lineAt(text, offset + Math.max(0, length - 1));
  return showLines(text, Math.max(1, first - 4), last + 4);
}

/** The 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

const LONGEST_LINE = 2000;

function shorten(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  return `${line.slice(0, LONGEST_LINE)}[… ${line.length - LONGEST_LINE} more characters]`;
}
