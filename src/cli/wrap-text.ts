// Folds prose to the width of a terminal and leaves fenced code as it is.

/** Breaks at spaces; fenced blocks, list items' indentation and blank lines stay. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^(`{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || line.trim() === fence)) {
      fence = fence === undefined ? mark : undefined;
      lines.push(line);
    } else if (fence !== undefined || line.length <= width) lines.push(line);
    else lines.push(...fold(line, width));
  }
  return lines;
}

function fold(line: string, width: number): string[] {
  const hanging = ' '.repeat(/^(\s*(?:[-*] )?)/.exec(line)?.[0].length ?? 0);
  const folded: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      folded.push(current);
      current = hanging + word;
    } else
      current = current === '' && folded.length === 0 && word !== '' ? word : `${current} ${word}`;
  }
  return [...folded, current];
}
