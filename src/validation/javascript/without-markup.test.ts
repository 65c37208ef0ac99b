// JSX is written so that an engine compiles it exactly when the translated file compiles.
import { expect, test } from 'vitest';
import { languages } from '../../languages/registry.ts';
import { openSyntax } from '../../languages/syntax.ts';
import { CompileChecker } from './compile-check.ts';
import { withoutMarkup } from './without-markup.ts';

async function rewrite(language: string, text: string): Promise<string> {
  const syntax = await openSyntax(await languages.load(language));
  const tree = syntax.parse(text);
  try {
    return withoutMarkup(tree.rootNode, text);
  } finally {
    tree.delete();
  }
}

test.for([
  ['const a = <p />;', 'const a = [];'],
  [
    'const a = <p b={c} d="e" {...f}>g {h(1)} <i>{/* no */}</i></p>;',
    'const a = [(c), ...f, (h(1)), []];',
  ],
  [
    'const a = () => <>{list.map((b) => <li key={b}>{b}</li>)}</>;',
    'const a = () => [(list.map((b) => [(b), (b)]))];',
  ],
  ['const a = 1 < 2;\n', 'const a = 1 < 2;\n'],
] as const)('%s', async ([before, after]) => {
  expect(await rewrite('javascript', before)).toBe(after);
});

test('early errors inside of markup are seen', async () => {
  await using checker = new CompileChecker();
  const before = 'export const a = (b: number) => <p c={() => { let d = b; return d; }} />;\n';
  const clean = await rewrite('tsx', before);
  const broken = await rewrite('tsx', before.replace('let d', 'let d = 1; let d'));
  expect(await checker.check('a.tsx', clean, clean)).toBe('compiles');
  expect(await checker.check('a.tsx', clean, broken)).toBe('broken');
});
