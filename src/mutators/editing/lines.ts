// Finds lines and their indentation around a position of a text.

/** Index of the first character of the line that holds `index`. */
export function lineStart(source: string, index: number): number {
  return index === 0 ? 0 : source.lastIndexOf('\n', index - 1) + 1;
}

/** Index after the line's newline, or the text's end. */
export function nextLine(source: string, index: number): number {
  const newline = source.indexOf('\n', index);
  return newline === -1 ? source.length : newline + 1;
}

/** Index of the line's newline (or its carriage return), or the text's end. */
export function lineEnd(source: string, index: number): number {
  const newline = source.indexOf('\n', index);
  if (newline === -1) return source.length;
  return newline > index && source[newline - 1] === '\r' ? newline - 1 : newline;
}

/** The white space that the line of `index` begins with, up to `index`. */
export function indentOf(source: string, index: number): string {
  const start = lineStart(source, index);
  let end = start;
  while (end < index && isBlank(source.charCodeAt(end))) end += 1;
  return source.slice(start, end);
}

/** Whether nothing but white space stands before `index` on its line. */
export function opensLine(source: string, index: number): boolean {
  return lineStart(source, index) + indentOf(source, index).length === index;
}

/** Whether nothing but white space or a comment stands after `index` on its line. */
export function closesLine(source: string, index: number, lineComment: string): boolean {
  const rest = source.slice(index, lineEnd(source, index)).trim();
  return rest === '' || rest.startsWith(lineComment);
}

/** Space, tab, form feed or a byte order mark. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 12 || code === 0xfeff;
}
