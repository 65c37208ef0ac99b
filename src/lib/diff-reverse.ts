// Turns a diff around: what it added it removes, so that a bug's patch becomes its fix.
import { parsePatch } from './diff-parse.ts';
import type { Hunk, HunkLine } from './diff-parse.ts';
import { renderFileHeader } from './diff-paths.ts';
import { renderLine, span } from './diff-render.ts';

/** The patch that undoes a patch. Applies strictly to the first one's result. */
export function reversePatch(patch: string): string {
  return parsePatch(patch)
    .map(
      (file) => renderFileHeader(file.newPath, file.oldPath) + file.hunks.map(reverseHunk).join(''),
    )
    .join('');
}

function reverseHunk(hunk: Hunk): string {
  const spanOf = (start: number, count: number): string =>
    span(count === 0 ? start : start - 1, count);
  const section = hunk.section === '' ? '' : ` ${hunk.section}`;
  const header = `@@ -${spanOf(hunk.newStart, hunk.newCount)} +${spanOf(hunk.oldStart, hunk.oldCount)} @@${section}\n`;
  let body = '';
  let removed: HunkLine[] = [];
  let added: HunkLine[] = [];
  const flush = (): void => {
    for (const line of removed) body += renderLine('-', line.text);
    for (const line of added) body += renderLine('+', line.text);
    [removed, added] = [[], []];
  };
  for (const line of hunk.lines) {
    if (line.sign === '+') removed.push(line);
    else if (line.sign === '-') added.push(line);
    else {
      flush();
      body += renderLine(' ', line.text);
    }
  }
  flush();
  return header + body;
}
