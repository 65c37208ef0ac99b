// Shortens what a tool printed: the beginning and the end say most.

/** Keeps at most about `limit` characters, two fifths from the start, cut at line ends where there are any. */
export function clipText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = cutAfterLine(text.slice(0, Math.floor(limit * 0.4)));
  const tail = cutBeforeLine(text.slice(text.length - Math.ceil(limit * 0.6)));
  const left = text.length - head.length - tail.length;
  const lines = text.slice(head.length, text.length - tail.length).split('\n').length - 1;
  const what = lines > 1 ? `${left} characters (${lines} lines)` : `${left} characters`;
  return `${head}${head.endsWith('\n') ? '' : '\n'}[… ${what} left out …]\n${tail}`;
}

// A line longer than a quarter of the part is not worth losing.
function cutAfterLine(text: string): string {
  const end = text.lastIndexOf('\n') + 1;
  return wholeCharacters(end > text.length * 0.75 ? text.slice(0, end) : text);
}

function cutBeforeLine(text: string): string {
  const start = text.indexOf('\n') + 1;
  return wholeCharacters(start > 0 && start < text.length * 0.25 ? text.slice(start) : text);
}

// A cut must not leave half of a character outside the basic plane.
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}
