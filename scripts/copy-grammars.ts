// Copies the few .wasm files we load out of grammar packages that are ten times their size.
import { cp, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const target = new URL('../grammars/', import.meta.url);

const grammars = [
  'tree-sitter-python/tree-sitter-python.wasm',
  'tree-sitter-javascript/tree-sitter-javascript.wasm',
  'tree-sitter-typescript/tree-sitter-typescript.wasm',
  'tree-sitter-typescript/tree-sitter-tsx.wasm',
  'tree-sitter-bash/tree-sitter-bash.wasm',
];

await mkdir(target, { recursive: true });
for (const file of grammars) {
  await cp(require.resolve(file), new URL(file.split('/')[1] ?? file, target));
}
