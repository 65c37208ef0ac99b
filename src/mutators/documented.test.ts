// The worked examples in the documentation are the code itself, word for word.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const examples = (page: string): string[] =>
  [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code.trim());
const flat = (code: string): string => code.replaceAll(/\s+/g, ' ');

test('docs/add-a-mutator.md shows func_pm_remove_loop as it is', async () => {
  const [example] = examples(await read('docs/add-a-mutator.md'));
  expect(example).toBe((await read('src/mutators/func_pm_remove_loop.ts')).trim());
});

test('docs/add-a-language.md quotes python.ts', async () => {
  const source = flat(await read('src/languages/python.ts'));
  const quoted = examples(await read('docs/add-a-language.md'));
  expect(quoted.length).toBeGreaterThan(1);
  for (const example of quoted) expect(source).toContain(flat(example));
});
