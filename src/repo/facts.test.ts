import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SwemintEvent } from '../core/events.ts';
import { readFacts } from './facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'swemint-facts-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('lists files without dependencies, never following links', async () => {
  const root = join(folder, 'list');
  for (const path of ['src/b', 'node_modules/x', '.venv/lib', 'pkg.egg-info', '.git']) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, 'file.py'), 'x = 1\n');
  }
  writeFileSync(join(root, 'src/a.py'), 'y = 2\n');
  writeFileSync(join(root, 'data.bin'), Buffer.from([1, 0, 2]));
  symlinkSync('/etc', join(root, 'etc'));
  const facts = await readFacts(root);
  expect(facts.files).toEqual(['data.bin', 'src/a.py', 'src/b/file.py']);
  expect(facts.read('src/a.py')).toBe('y = 2\n');
  expect(facts.read('data.bin')).toBeUndefined();
  expect(facts.read('etc/passwd')).toBeUndefined();
  expect(facts.read('../list/src/a.py')).toBeUndefined();
});

test('a malformed manifest counts as absent, with a warning', async () => {
  const root = join(folder, 'manifests');
  mkdirSync(root);
  writeFileSync(join(root, 'package.json'), '{"name": ');
  writeFileSync(join(root, 'pyproject.toml'), '[project]\nname = "x"\nname = "y"\n');
  const events: SwemintEvent[] = [];
  const facts = await readFacts(root, (event) => events.push(event));
  expect(facts.packageJson).toBeUndefined();
  expect(facts.pyproject).toBeUndefined();
  expect(events.map((event) => event.type === 'warning' && event.code)).toEqual([
    'bad-manifest',
    'bad-manifest',
  ]);
  writeFileSync(join(root, 'package.json'), '\uFEFF{"name": "x"}');
  writeFileSync(join(root, 'pyproject.toml'), '[project]\nname = "x"\n');
  const mended = await readFacts(root);
  expect(mended.packageJson).toEqual({ name: 'x' });
  expect(mended.pyproject).toEqual({ project: { name: 'x' } });
});
