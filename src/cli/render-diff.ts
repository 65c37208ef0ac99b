// A unified diff for the terminal: removed lines red, added lines green, without Git's own headers.
import type { Colors } from 'picocolors/types.js';

/** Coloured lines, indented by `indent`; long lines are cut at `width`. */
export function renderDiff(
  patch: string,
  { color, width, indent = '' }: { color: Colors; width: number; indent?: string },
): string {
  const lines: string[] = [];
  let inHunk = false;
  for (const line of patch.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('diff --git ')) inHunk = false;
    const isHeader =
      !inHunk && /^(diff --git|index|---|old mode|new mode|new file|deleted file) /.test(line);
    if (line.startsWith('@@')) inHunk = true;
    if (isHeader) continue;
    const paint = !inHunk || line.startsWith('@@') ? color.cyan : painterOf(line, color);
    const path = !inHunk && line.startsWith('+++ ') ? line.slice(4).replace(/^b\//, '') : line;
    lines.push(indent + paint(clip(path.replaceAll('\t', '    '), width - indent.length)));
  }
  return lines.join('\n');
}

function painterOf(line: string, color: Colors): (text: string) => string {
  if (line.startsWith('+')) return color.green;
  if (line.startsWith('-')) return color.red;
  return color.dim;
}

const clip = (text: string, width: number): string =>
  text.length <= width || width < 10 ? text : `${text.slice(0, width - 1)}…`;
