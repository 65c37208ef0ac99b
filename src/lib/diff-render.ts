// Renders unified diffs as git does, straight from the edits: no search for differences in a whole file.
import { changedRuns } from './diff-lines.ts';
import { renderFileHeader } from './diff-paths.ts';

/** Replaces `[start, end)` (UTF-16 units) by `text`. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

export interface RenderedPatch {
  /** Empty when nothing changed. */
  patch: string;
  added: number;
  removed: number;
}

const context = 3;
const longestSection = 80;

/** A run of old lines and what stands in their place. Lines keep their newline. */
interface Change {
  /** Index of the first old line, from 0. */
  at: number;
  removed: string[];
  added: string[];
}

/**
 * The diff of one file between its text and the text after the edits (or, given a string, that
 * text). Edits must be in order and must not overlap. Only `\n` ends a line, as for git.
 */
export function renderPatch(
  path: string,
  before: string,
  change: readonly TextEdit[] | string,
): string {
  const edits = typeof change === 'string' ? [editBetween(before, change)] : change;
  return createPatchRenderer(path, before)(edits).patch;
}

/** Prepares a file for many diffs against the same text. */
export function createPatchRenderer(
  path: string,
  before: string,
): (edits: readonly TextEdit[]) => RenderedPatch {
  const starts = lineStarts(before);
  const header = renderFileHeader(path, path);
  return (edits) => {
    const changes = changesOf(before, starts, edits);
    if (changes.length === 0) return { patch: '', added: 0, removed: 0 };
    return {
      patch: header + renderHunks(before, starts, changes),
      added: changes.reduce((sum, change) => sum + change.added.length, 0),
      removed: changes.reduce((sum, change) => sum + change.removed.length, 0),
    };
  };
}

/** The one edit between two texts: everything but their common beginning and end. */
export function editBetween(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same += 1;
  }
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

function lineStarts(text: string): number[] {
  const starts: number[] = [];
  for (let start = 0; start < text.length;) {
    starts.push(start);
    const newline = text.indexOf('\n', start);
    if (newline === -1) break;
    start = newline + 1;
  }
  return starts;
}

/** Index of the line that holds `index`; one past the last line at the end of a finished text. */
function lineOf(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= index) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}

function changesOf(
  before: string,
  starts: readonly number[],
  edits: readonly TextEdit[],
): Change[] {
  const changes: Change[] = [];
  for (let index = 0; index < edits.length;) {
    const first = edits[index] as TextEdit;
    const firstLine = lineOf(starts, first.start);
    let lastLine = lineOf(starts, first.end);
    const from = starts[firstLine] ?? 0;
    let text = '';
    let position = from;
    while (index < edits.length) {
      const edit = edits[index] as TextEdit;
      if (edit.start > (starts[lastLine + 1] ?? before.length)) break;
      text += before.slice(position, edit.start) + edit.text;
      position = edit.end;
      lastLine = Math.max(lastLine, lineOf(starts, edit.end));
      index += 1;
    }
    const to = starts[lastLine + 1] ?? before.length;
    text += before.slice(position, to);
    for (const run of changedRuns(splitLines(before.slice(from, to)), splitLines(text))) {
      const at = firstLine + run.at;
      const last = changes.at(-1);
      if (last && last.at + last.removed.length === at) {
        last.removed.push(...run.removed);
        last.added.push(...run.added);
      } else changes.push({ at, removed: run.removed, added: run.added });
    }
  }
  return changes;
}

/** Lines with their newlines; the last one may have none. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

function renderHunks(
  before: string,
  starts: readonly number[],
  changes: readonly Change[],
): string {
  const line = (index: number): string =>
    before.slice(starts[index], starts[index + 1] ?? before.length);
  // Joined at the end: one flat text, where a sum of slices would keep the whole file alive.
  const parts: string[] = [];
  let shift = 0;
  for (const group of groupsOf(changes)) {
    const first = group[0] as Change;
    const last = group.at(-1) as Change;
    const from = Math.max(0, first.at - context);
    const to = Math.min(starts.length, last.at + last.removed.length + context);
    const growth = group.reduce(
      (sum, { added, removed }) => sum + added.length - removed.length,
      0,
    );
    const count = to - from;
    parts.push(
      `@@ -${span(from, count)} +${span(from + shift, count + growth)} @@${section(from, line)}\n`,
    );
    let position = from;
    for (const change of group) {
      for (; position < change.at; position += 1) parts.push(renderLine(' ', line(position)));
      for (const text of change.removed) parts.push(renderLine('-', text));
      for (const text of change.added) parts.push(renderLine('+', text));
      position += change.removed.length;
    }
    for (; position < to; position += 1) parts.push(renderLine(' ', line(position)));
    shift += growth;
  }
  return parts.join('');
}

/** Changes so near that their context would touch share a hunk. */
function groupsOf(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last && change.at - (last.at + last.removed.length) <= 2 * context)
      groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** A line of a hunk, with git's mark where the file ends without a newline. */
export function renderLine(sign: ' ' | '+' | '-', text: string): string {
  return text.endsWith('\n') ? sign + text : `${sign}${text}\n\\ No newline at end of file\n`;
}

/** `start,count` as git writes it: from 1, a lone line without its count, 0 lines after the line before. */
export function span(from: number, count: number): string {
  if (count === 1) return `${from + 1}`;
  return `${count === 0 ? from : from + 1},${count}`;
}

/** The nearest line above that begins with a letter, as git shows it without a language's driver. */
function section(from: number, line: (index: number) => string): string {
  for (let index = from - 1; index >= 0; index -= 1) {
    const text = line(index);
    if (/^[A-Za-z_$]/.test(text)) {
      return ` ${Array.from(text.slice(0, 2 * longestSection))
        .slice(0, longestSection)
        .join('')
        .trimEnd()}`;
    }
  }
  return '';
}
