import { expect, test } from 'vitest';
import { frameworks } from '../frameworks/registry.ts';
import { factsOf, machineWith } from './fixtures/facts.ts';
import { explainNoEnvironment } from './no-environment.ts';

const known = await frameworks.loadAll();
const suite = { 'tests/test_x.py': 'import pytest\ndef test_x(): pass\n' };

test.each([
  [{ 'main.rs': 'fn main() {}\n' }, machineWith({}), 'unknown-language'],
  [{ 'README.md': 'text\n' }, machineWith({}), 'unknown-language'],
  [{ 'pkg.py': 'x = 1\n' }, machineWith({}), 'no-tests'],
  [suite, machineWith({}), 'missing-python3'],
  [suite, machineWith({ python3: '3.11' }), 'no-environment'],
  [{ 'a.test.js': "require('node:test')\n" }, machineWith({ node: '24' }), 'missing-npm'],
])('%j', async (texts, machine, code) => {
  const source = { kind: 'folder', location: '.' } as const;
  const error = await explainNoEnvironment(factsOf(texts), source, machine, known);
  expect(error.code).toBe(code);
  expect(error.hint).toBeTruthy();
});
