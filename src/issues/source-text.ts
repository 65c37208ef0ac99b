// Small operations on pieces of source code that are shown to people.

/** Removes the indentation that all non-blank lines share. */
export function dedent(text: string): string {
  const lines = text.split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  let shared = indents[0] ?? '';
  for (const indent of indents) while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  return lines
    .map((line) => (line.startsWith(shared) ? line.slice(shared.length) : line.trimStart()))
    .join('\n');
}

/** At most `limit` lines: the first ones, and a word on how many are left out. */
export function clipLines(text: string, limit: number): string {
  const lines = text.split('\n');
  if (lines.length <= limit) return text;
  return [...lines.slice(0, limit), `… ${lines.length - limit} more lines`].join('\n');
}

/** A fenced block whose fence is longer than any inside. */
export function fence(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text.replace(/\n+$/, '')}\n${mark}`;
}

/** Inline code, whatever the text holds. */
export function inlineCode(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  if (!line.includes('`')) return `\`${line}\``;
  return line.includes('``') ? `\`\`\` ${line} \`\`\`` : `\`\` ${line} \`\``;
}
