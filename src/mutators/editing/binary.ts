// Rewrites an operation as a whole, so that it is read as intended where it stands.
import type { SyntaxNode } from '../../core/language.ts';
import type { Edit, Scene, Site } from '../../core/mutator.ts';
import { asOperand, operatorOf, precedenceOf } from './expressions.ts';

export interface BinaryChange {
  operator?: string;
  /** Nodes to stand in for the operands. */
  left?: SyntaxNode;
  right?: SyntaxNode;
  swap?: boolean;
}

/** The edit that makes the change, with parentheses where the new form needs them. */
export function rewriteBinary(site: Site, change: BinaryChange, scene: Scene): Edit[] {
  const { source, language } = scene;
  const [left, sign, right] = [site.part('left'), site.part('operator'), site.part('right')];
  const before = scene.text(sign);
  const operator = change.operator ?? before;
  let [newLeft, newRight] = [change.left ?? left, change.right ?? right];
  if (change.swap === true) [newLeft, newRight] = [newRight, newLeft];

  const operand = (side: 'left' | 'right', node: SyntaxNode, original: SyntaxNode): string =>
    node === original && operator === before
      ? scene.text(node)
      : asOperand(node, scene.text(node), operator, side, language);
  const leftText = operand('left', newLeft, left);
  const rightText = operand('right', newRight, right);

  const leftGap = source.slice(left.endIndex, sign.startIndex);
  const rightGap = source.slice(sign.endIndex, right.startIndex);
  const text =
    leftText +
    (leftGap || gap(leftText, operator)) +
    operator +
    (rightGap || gap(operator, rightText)) +
    rightText;
  const wrapped = needsOwnParentheses(site.node, before, operator, scene) ? `(${text})` : text;
  return [{ start: site.node.startIndex, end: site.node.endIndex, text: wrapped }];
}

/** Whether the expression around would be read differently with the new operator in it. */
function needsOwnParentheses(
  node: SyntaxNode,
  before: string,
  operator: string,
  scene: Scene,
): boolean {
  const { operators } = scene.language;
  const parent = node.parent;
  if (!parent || operator === before) return false;
  const own = operators.precedence[operator] ?? 0;
  const around = operatorOf(parent, scene.language);
  if (around === undefined) {
    const outer = precedenceOf(parent, scene.language);
    return Number.isFinite(outer) && own < outer && (operators.precedence[before] ?? 0) >= outer;
  }
  if (
    operators.unmixable.some(
      (pair) => pair.includes(around) && pair.includes(operator) && around !== operator,
    )
  ) {
    return true;
  }
  const outer = operators.precedence[around] ?? 0;
  if (own !== outer) return own < outer;
  if (operators.associative.includes(operator) && operator === around) return false;
  const side = parent.childForFieldName('left')?.id === node.id ? 'left' : 'right';
  return side === (operators.rightAssociative.includes(around) ? 'left' : 'right');
}

/** A space where two tokens would otherwise run into one. */
function gap(before: string, after: string): string {
  const [last, first] = [before.at(-1) ?? '', after[0] ?? ''];
  const words = /\w/.test(last) && /\w/.test(first);
  return words || (last === first && /[+\-*/<>&|=]/.test(last)) ? ' ' : '';
}
