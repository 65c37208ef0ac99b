// JavaScript, with JSX.
import { defineLanguage } from '../core/language.ts';
import { ecmascript } from './ecmascript.ts';

export default defineLanguage(
  ecmascript({
    name: 'javascript',
    summary: 'JavaScript, with JSX',
    extensions: ['.js', '.mjs', '.cjs', '.jsx'],
    grammar: 'tree-sitter-javascript.wasm',
    field: { node: 'field_definition', name: 'property' },
    classes: ['class_declaration'],
    className: 'identifier',
    base: '[(class_declaration (class_heritage (_) @site) @list) (class (class_heritage (_) @site) @list)]',
    attached: [],
    precedence: {},
  }),
);
