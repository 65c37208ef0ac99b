// TypeScript without JSX.
import { defineLanguage } from '../core/language.ts';
import { ecmascript } from './ecmascript.ts';
import type { Dialect } from './ecmascript.ts';

/** What TypeScript's two grammars share. */
export const typescriptDialect = {
  field: { node: 'public_field_definition', name: 'name' },
  classes: ['class_declaration', 'abstract_class_declaration'],
  className: 'type_identifier',
  base: '(class_heritage (extends_clause value: (_) @site) @list)',
  attached: ['decorator'],
  precedence: { as_expression: 10, satisfies_expression: 10, type_assertion: 13.5 },
} satisfies Partial<Dialect>;

export default defineLanguage(
  ecmascript({
    name: 'typescript',
    summary: 'TypeScript',
    extensions: ['.ts', '.mts', '.cts'],
    grammar: 'tree-sitter-typescript.wasm',
    ...typescriptDialect,
  }),
);
