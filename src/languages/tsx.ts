// TypeScript with JSX: a grammar of its own, because `<T>x` means something else there.
import { defineLanguage } from '../core/language.ts';
import { ecmascript } from './ecmascript.ts';
import { typescriptDialect } from './typescript.ts';

export default defineLanguage(
  ecmascript({
    name: 'tsx',
    summary: 'TypeScript with JSX',
    extensions: ['.tsx'],
    grammar: 'tree-sitter-tsx.wasm',
    ...typescriptDialect,
  }),
);
