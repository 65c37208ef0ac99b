// Compares two programs by their syntax trees, so that comments and layout do not count.
import type { Node } from 'web-tree-sitter';
import type { Syntax } from '../languages/syntax.ts';

/** Whether a text has the same tree as the one given, comments aside. */
export function sameProgram(syntax: Syntax, text: string, tree: Node): boolean {
  const other = syntax.parse(text);
  try {
    const comment = syntax.language.comments.node;
    return fingerprint(other.rootNode, comment) === fingerprint(tree, comment);
  } finally {
    other.delete();
  }
}

/** The tree's shape and the text of its leaves. */
function fingerprint(root: Node, comment: string): string {
  const parts: string[] = [];
  const cursor = root.walk();
  const visit = (): void => {
    if (cursor.nodeType === comment) return;
    if (!cursor.gotoFirstChild()) {
      parts.push(cursor.nodeText);
      return;
    }
    parts.push(`(${cursor.nodeTypeId}`);
    do visit();
    while (cursor.gotoNextSibling());
    parts.push(')');
    cursor.gotoParent();
  };
  visit();
  cursor.delete();
  return parts.join('\u0000');
}
