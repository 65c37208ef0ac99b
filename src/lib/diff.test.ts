// Holds our diffs against git itself, in both directions.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyPatch,
  createPatchRenderer,
  patchedFiles,
  renderPatch,
  reversePatch,
} from './diff.ts';
import { runProgram } from './process.ts';

/** Lines that a diff may stumble over: other line ends, form feeds, signs of the diff format itself. */
const line = fc.constantFrom(
  'a',
  'b',
  '',
  '  x',
  '\tx',
  'é',
  '😀',
  '-- a',
  '++ b',
  '@@ -1 +1 @@',
  '\\ No newline',
  'a\r',
  '\f',
  '\u2028',
  'def f():',
);
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));
/** A few lines of a text replaced, so that hunks are apart. */
const pair = fc
  .tuple(text, fc.array(fc.tuple(fc.nat(), line), { maxLength: 6 }), fc.boolean())
  .map(([before, changes, drops]) => {
    const lines = before.split('\n');
    for (const [at, replacement] of changes) lines[at % lines.length] = replacement;
    if (drops) lines.splice(lines.length >> 1, 2);
    return { before, after: lines.join('\n') };
  });
const unrelated = fc.record({ before: text, after: text });

test('git applies every diff, forwards and backwards, to exactly the intended bytes', async () => {
  const cases = fc
    .sample(fc.oneof(pair, unrelated), { numRuns: 400, seed: 24 })
    // Git treats an emptied or new file as another kind of change.
    .filter(({ before, after }) => before !== after && before !== '' && after !== '');
  const folder = await mkdtemp(join(tmpdir(), 'swemint-diff-'));
  try {
    const named = cases.map((one, index) => ({ ...one, path: `d ${index % 7}/é${index}.txt` }));
    for (const { path, before } of named) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), before);
    }
    const patch = named.map(({ path, before, after }) => renderPatch(path, before, after)).join('');
    await gitApply(folder, patch);
    for (const { path, after } of named)
      expect(await readFile(join(folder, path), 'utf8')).toBe(after);
    await gitApply(folder, reversePatch(patch));
    for (const { path, before } of named)
      expect(await readFile(join(folder, path), 'utf8')).toBe(before);
    expect(patchedFiles(patch)).toEqual(named.map(({ path }) => path));
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function gitApply(folder: string, patch: string): Promise<void> {
  const { exitCode, stderr } = await runProgram('git', ['apply', '--whitespace=nowarn', '-'], {
    cwd: folder,
    input: patch,
    env: { GIT_CEILING_DIRECTORIES: dirname(folder) },
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
}

test('our own strict application agrees with the renderer', () => {
  fc.assert(
    fc.property(fc.oneof(pair, unrelated), ({ before, after }) => {
      fc.pre(before !== after);
      const patch = renderPatch('x', before, after);
      expect(applyPatch(before, patch)).toBe(after);
      expect(applyPatch(after, reversePatch(patch))).toBe(before);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('applying is strict about place and content', () => {
  const patch = renderPatch('x', 'a\nb\nc\nd\ne\n', 'a\nb\nC\nd\ne\n');
  expect(applyPatch('a\nb\nc\nd\ne\n', patch)).toBe('a\nb\nC\nd\ne\n');
  expect(applyPatch('\na\nb\nc\nd\ne\n', patch)).toBeUndefined();
  expect(applyPatch('a\nb \nc\nd\ne\n', patch)).toBeUndefined();
  expect(applyPatch('a\nb\nc\nd\ne\n', patch, 'other')).toBeUndefined();
  expect(applyPatch('a\nb', patch)).toBeUndefined();
});

test('a patch looks as git writes it', () => {
  const before = 'def f():\n    a\n    b\n    c\n    d\n    e\n\n\nx = 1';
  const render = createPatchRenderer('pkg/m.py', before);
  expect(
    render([{ start: before.indexOf('e\n'), end: before.indexOf('e\n') + 1, text: 'E' }]),
  ).toEqual({
    added: 1,
    removed: 1,
    patch: `diff --git a/pkg/m.py b/pkg/m.py
--- a/pkg/m.py
+++ b/pkg/m.py
@@ -3,7 +3,7 @@ def f():
     b
     c
     d
-    e
+    E
 
 
 x = 1
\\ No newline at end of file
`,
  });
});

test('names with quotes, tabs and backslashes survive', () => {
  const path = 'a"b\\c\td.py';
  expect(patchedFiles(renderPatch(path, 'a\n', 'b\n'))).toEqual([path]);
});

test('a malformed patch says where', () => {
  expect(() => applyPatch('a\n', '--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n')).toThrow(
    /ends too early in line/,
  );
});
