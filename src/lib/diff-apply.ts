// Applies a diff strictly: every line where and as the diff says, or not at all.
import { parsePatch } from './diff-parse.ts';
import type { FilePatch } from './diff-parse.ts';
import { splitLines } from './diff-render.ts';

/**
 * The text after the patch, or undefined when any line differs from what the patch expects. Like
 * `git apply` without fuzz or offsets. A patch of several files needs the path of the one meant; a
 * malformed patch throws `SwemintError('malformed-patch')`.
 */
export function applyPatch(text: string, patch: string, path?: string): string | undefined {
  const files = parsePatch(patch);
  const fitting =
    path === undefined ? files : files.filter((file) => (file.oldPath ?? file.newPath) === path);
  const [file, ...others] = fitting;
  return file && others.length === 0 ? applyFile(text, file) : undefined;
}

function applyFile(text: string, file: FilePatch): string | undefined {
  const lines = splitLines(text);
  const result: string[] = [];
  let position = 0;
  for (const hunk of file.hunks) {
    const start = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1;
    if (start < position || start > lines.length) return undefined;
    for (; position < start; position += 1) result.push(lines[position] as string);
    for (const { sign, text: expected } of hunk.lines) {
      if (sign !== '+') {
        if (lines[position] !== expected) return undefined;
        position += 1;
      }
      if (sign !== '-') result.push(expected);
    }
  }
  for (; position < lines.length; position += 1) result.push(lines[position] as string);
  const isTorn = result.some((line, index) => index < result.length - 1 && !line.endsWith('\n'));
  return isTorn ? undefined : result.join('');
}
