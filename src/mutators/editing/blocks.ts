// Moves whole blocks of lines to another depth without touching the inside of multi-line texts.
import type { Language, SyntaxNode } from '../../core/language.ts';
import { lineStart } from './lines.ts';

/**
 * The text of `[start, end)` with every line that stands at `from` or deeper put at `to`. The first
 * line counts from its first word. Undefined when a line stands outside of `from`.
 */
export function reindent(
  range: { start: number; end: number },
  from: string,
  to: string,
  source: string,
  frozen: readonly SyntaxNode[],
): string | undefined {
  const text = source.slice(range.start, range.end);
  if (from === to || !text.includes('\n')) return text;
  const lines = text.split('\n');
  let position = range.start;
  const moved: string[] = [];
  for (const [index, line] of lines.entries()) {
    const isFrozen = frozen.some((node) => node.startIndex < position && node.endIndex >= position);
    const isEmpty = line.trim() === '';
    if (index === 0 || isEmpty || isFrozen) moved.push(line);
    else if (line.startsWith(from)) moved.push(to + line.slice(from.length));
    else if (/^[ \t]*(?:#|\/\/)/.test(line)) moved.push(to + line.trimStart());
    else return undefined;
    position += line.length + 1;
  }
  return moved.join('\n');
}

/** The nodes inside `block` whose later lines must not move. */
export function frozenIn(block: SyntaxNode, source: string, language: Language): SyntaxNode[] {
  return block
    .descendantsOfType([...language.expressions.multiline])
    .filter((node) => source.slice(node.startIndex, node.endIndex).includes('\n'));
}

/** The white space before a block's first statement, undefined when it does not open its line. */
export function depthOf(source: string, index: number): string | undefined {
  const before = source.slice(lineStart(source, index), index);
  return before.trim() === '' ? before : undefined;
}
