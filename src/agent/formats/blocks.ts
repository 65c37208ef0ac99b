// Finds fenced blocks in Markdown, line by line: a reply of any size is read once.

export interface FencedBlock {
  /** The word after the opening fence, lower case; empty when there is none. */
  language: string;
  body: string;
}

const FENCE = /^(?<fence>`{3,})[ \t]*(?<language>[^\s`]*)[^`]*$/;

/** Closed blocks in order. A block ends at a bare fence of its own length; longer ones may hold shorter ones. */
export function findBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { fence: string; language: string; lines: string[] } | undefined;
  for (const line of markdown.split(/\r?\n/)) {
    if (open) {
      if (line.trimEnd() === open.fence) {
        blocks.push({ language: open.language, body: open.lines.join('\n') });
        open = undefined;
      } else open.lines.push(line);
      continue;
    }
    const { fence, language = '' } = FENCE.exec(line)?.groups ?? {};
    if (fence !== undefined) open = { fence, language: language.toLowerCase(), lines: [] };
  }
  return blocks;
}
