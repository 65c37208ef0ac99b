// Writes JSX as plain expressions: markup brings no early errors, what stands inside its braces does.
import type { SyntaxNode } from '../../core/language.ts';

const MARKUP = ['jsx_element', 'jsx_self_closing_element', 'jsx_fragment'];

/**
 * The same program with a list of the embedded expressions in the place of each element: it compiles
 * whenever the original does once its markup is translated, and means nothing else.
 */
export function withoutMarkup(node: SyntaxNode, text: string): string {
  let [written, at] = ['', node.startIndex];
  for (const element of node.descendantsOfType(MARKUP)) {
    // What is inside of another element is written with it.
    if (element.startIndex < at) continue;
    written += `${text.slice(at, element.startIndex)}[${embedded(element, text).join(', ')}]`;
    at = element.endIndex;
  }
  return written + text.slice(at, node.endIndex);
}

/** Of an element, its attributes and everything between its tags. */
function embedded(node: SyntaxNode, text: string): string[] {
  return node.children.flatMap((child) => {
    if (MARKUP.includes(child.type)) return [withoutMarkup(child, text)];
    if (child.type !== 'jsx_expression') return embedded(child, text);
    return child.children
      .filter(({ isNamed, type }) => isNamed && type !== 'comment')
      .map((inner) =>
        inner.type === 'spread_element'
          ? withoutMarkup(inner, text)
          : `(${withoutMarkup(inner, text)})`,
      );
  });
}
