// Loads a grammar of the parser once per process, from the files that the build has copied.
import { readFile } from 'node:fs/promises';
import { Language as Grammar, Parser } from 'web-tree-sitter';

const loaded = new Map<string, Promise<Grammar>>();
let runtime: Promise<void> | undefined;

/** The grammar in `grammars/`, e.g. `tree-sitter-python.wasm`. */
export function loadGrammar(name: string): Promise<Grammar> {
  const known = loaded.get(name);
  if (known) return known;
  const grammar = load(name);
  loaded.set(name, grammar);
  return grammar;
}

async function load(name: string): Promise<Grammar> {
  runtime ??= Parser.init();
  await runtime;
  return Grammar.load(await readFile(new URL(`../../grammars/${name}`, import.meta.url)));
}
