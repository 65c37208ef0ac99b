// Shows a piece of code inside a sentence.
import type { SyntaxNode } from '../../core/language.ts';
import type { Scene } from '../../core/mutator.ts';

const longest = 70;

/** The node's code on one line, shortened, in backticks. */
export function quote(node: SyntaxNode, scene: Scene): string {
  return inBackticks(scene.text(node));
}

/** The first line of a statement without what opens its body. */
export function quoteHeader(node: SyntaxNode, scene: Scene): string {
  const text = scene.text(node);
  const body = node.childForFieldName('body') ?? node.childForFieldName('consequence');
  if (!body) return inBackticks(text.replace(/;$/, ''));
  const [first = ''] = text
    .slice(0, body.startIndex - node.startIndex)
    .trim()
    .split('\n');
  return inBackticks(first.replace(/(?:\s*[:{]\s*(?:#.*|\/\/.*)?|;)$/, ''));
}

function inBackticks(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  const short =
    characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : line;
  return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``;
}
