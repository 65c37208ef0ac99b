// Reads unified diffs, one or several files, into data.
import { SwemintError } from '../core/errors.ts';
import { readPath } from './diff-paths.ts';

export interface HunkLine {
  sign: ' ' | '+' | '-';
  /** With its newline, unless the file ends without one. */
  text: string;
}

export interface Hunk {
  /** As written: from 1, or the line before when the count is 0. */
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
  /** What stands after the second `@@`. */
  section: string;
  lines: HunkLine[];
}

export interface FilePatch {
  /** Undefined for a file that the patch creates. */
  oldPath: string | undefined;
  /** Undefined for a file that the patch deletes. */
  newPath: string | undefined;
  hunks: Hunk[];
}

/** Reads a patch. Throws `SwemintError('malformed-patch')` with the line where it stops making sense. */
export function parsePatch(patch: string): FilePatch[] {
  const lines = patch.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const files: FilePatch[] = [];
  for (let index = 0; index < lines.length;) {
    const line = lines[index] as string;
    const next = lines[index + 1];
    if (line.startsWith('--- ') && next?.startsWith('+++ ')) {
      files.push({ oldPath: readPath(line.slice(4)), newPath: readPath(next.slice(4)), hunks: [] });
      index += 2;
    } else if (line.startsWith('@@ ')) {
      const file = files.at(-1);
      if (!file) throw malformed(index, 'a hunk without a file');
      index = readHunk(lines, index, file);
    } else index += 1;
  }
  return files;
}

/** The repository-relative paths that a patch touches, in its order, each once. */
export function patchedFiles(patch: string): string[] {
  const paths = parsePatch(patch).flatMap((file) => [file.newPath ?? file.oldPath ?? '']);
  return [...new Set(paths)];
}

function readHunk(lines: readonly string[], start: number, file: FilePatch): number {
  const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/s.exec(lines[start] ?? '');
  if (!header) throw malformed(start, 'an unreadable hunk header');
  const [, oldStart, oldCount = '1', newStart, newCount = '1', section = ''] = header;
  const hunk: Hunk = {
    oldStart: Number(oldStart),
    oldCount: Number(oldCount),
    newStart: Number(newStart),
    newCount: Number(newCount),
    section,
    lines: [],
  };
  let [oldLeft, newLeft] = [hunk.oldCount, hunk.newCount];
  let index = start + 1;
  for (
    ;
    index < lines.length && (oldLeft > 0 || newLeft > 0 || lines[index]?.startsWith('\\'));
    index += 1
  ) {
    const line = lines[index] as string;
    const sign = line[0] ?? ' ';
    if (sign === '\\') {
      const last = hunk.lines.at(-1);
      if (last) last.text = last.text.slice(0, -1);
      continue;
    }
    if (sign !== ' ' && sign !== '+' && sign !== '-')
      throw malformed(index, 'a line without a sign');
    if (sign !== '+') oldLeft -= 1;
    if (sign !== '-') newLeft -= 1;
    hunk.lines.push({ sign, text: `${line.slice(1)}\n` });
  }
  if (oldLeft !== 0 || newLeft !== 0) throw malformed(index, 'a hunk that ends too early');
  file.hunks.push(hunk);
  return index;
}

function malformed(index: number, what: string): SwemintError {
  return new SwemintError('malformed-patch', `The patch has ${what} in line ${index + 1}.`, {
    hint: 'Make the patch again with git diff.',
  });
}
