// Writes expressions so that they mean what was intended: parentheses where precedence asks for them.
import type { Language, SyntaxNode } from '../../core/language.ts';
import type { Scene, Site } from '../../core/mutator.ts';

const tightest = Number.POSITIVE_INFINITY;

/** The operator of a binary expression; undefined for anything else. */
export function operatorOf(node: SyntaxNode, language: Language): string | undefined {
  if (!language.expressions.binary.includes(node.type)) return undefined;
  return node.childForFieldName('operator')?.type;
}

/** How tightly an expression holds together, on the scale of the language's operators. */
export function precedenceOf(node: SyntaxNode, language: Language): number {
  const operator = operatorOf(node, language);
  if (operator !== undefined) return language.operators.precedence[operator] ?? 0;
  return language.expressions.precedence[node.type] ?? tightest;
}

/** The expression inside any number of parentheses. */
export function withoutParentheses(node: SyntaxNode, language: Language): SyntaxNode {
  let inner = node;
  while (inner.type === language.expressions.parenthesized) {
    const [only, ...more] = inner.namedChildren.filter(
      (child) => child.type !== language.comments.node,
    );
    if (!only || more.length > 0) return inner;
    inner = only;
  }
  return inner;
}

/** The text of an operand, in parentheses when its place beside `operator` demands them. */
export function asOperand(
  operand: SyntaxNode,
  text: string,
  operator: string,
  side: 'left' | 'right',
  language: Language,
): string {
  const needed = needsParentheses(operand, operator, side, language);
  const unsafe = side === 'left' && language.expressions.unsafeStart.test(text);
  return needed || unsafe ? `(${text})` : text;
}

/** Whether an operand would be read differently beside this operator without parentheses. */
export function needsParentheses(
  operand: SyntaxNode,
  operator: string,
  side: 'left' | 'right',
  language: Language,
): boolean {
  const { precedence, rightAssociative, unmixable } = language.operators;
  const outer = precedence[operator] ?? 0;
  const inner = precedenceOf(operand, language);
  const own = operatorOf(operand, language);
  if (
    own !== undefined &&
    unmixable.some((pair) => pair.includes(own) && pair.includes(operator) && own !== operator)
  ) {
    return true;
  }
  if (inner !== outer) return inner < outer;
  const straight = rightAssociative.includes(operator) ? 'right' : 'left';
  return side !== straight;
}

/** Whether an operation joins or formats text: one of its operands is, or begins with, a text literal. */
export function isTextual(site: Site, scene: Scene): boolean {
  return [site.part('left'), site.part('right')].some((operand) =>
    holdsText(operand, scene.language),
  );
}

function holdsText(operand: SyntaxNode, language: Language): boolean {
  const node = withoutParentheses(operand, language);
  if (language.expressions.text.includes(node.type)) return true;
  if (operatorOf(node, language) === undefined) return false;
  return [node.childForFieldName('left'), node.childForFieldName('right')].some(
    (part) => part !== null && holdsText(part, language),
  );
}

/** Whether swapping the operands is known to change nothing. */
export function isCommutative(site: Site, scene: Scene): boolean {
  const { operators, expressions } = scene.language;
  const operator = scene.text(site.part('operator'));
  const operands = [site.part('left'), site.part('right')].map((part) =>
    withoutParentheses(part, scene.language),
  );
  if (site.role === 'logical') {
    const [left = '', right = ''] = operands.map((operand) => scene.text(operand));
    return isPlainTest(left) && isPlainTest(right) && dereferenced(left) === dereferenced(right);
  }
  if (operators.commutative.includes(operator)) return true;
  return (
    operators.textual.includes(operator) &&
    operands.some((operand) => expressions.numbers.includes(operand.type))
  );
}

/** A comparison of names and literals: its value is a truth value and computing it does nothing. */
function isPlainTest(text: string): boolean {
  return /^[\w\s.'"]+(?:[<>]=?|[!=]==?|\bis(?:\s+not)?\b|\b(?:not\s+)?in\b)[\w\s.'"-]+$/.test(text);
}

/** What must not be null for an expression to be computed: `a.b` in `a.b.c > 0`. */
function dereferenced(text: string): string {
  return [...new Set(text.match(/[A-Za-z_$][\w$.]*(?=\.\w)/g))].sort().join(' ');
}
