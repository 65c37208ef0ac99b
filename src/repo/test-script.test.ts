// A given test command is read as what it runs, not as what the repository runs otherwise.
import { expect, test } from 'vitest';
import { frameworks } from '../frameworks/registry.ts';
import { factsOf } from './fixtures/facts.ts';
import { readTestScript } from './test-script.ts';

const packageJson = JSON.stringify({
  scripts: {
    pretest: 'npm run build',
    test: 'mocha --exit',
    'test:unit': 'vitest run',
    build: 'tsc -p .',
  },
});
const facts = factsOf({
  'package.json': packageJson,
  'packages/a/package.json': JSON.stringify({ scripts: { test: 'jest' } }),
  'packages/a/a.test.js': '',
  'tests/test_a.py': 'def test_a(): pass',
});
const known = await frameworks.loadAll();
const read = (script: string) => {
  const told = readTestScript(script, facts, known);
  return told && { name: told.framework.name, ...told.detection.setting };
};

test.each([
  ['npm test', { name: 'mocha', cwd: '.', build: 'npm run build' }],
  ['npm t -- --grep x', { name: 'mocha', args: expect.arrayContaining(['--grep', 'x']) }],
  ['npm run test:unit', { name: 'vitest' }],
  ['export A=1\nnpx jest --ci', { name: 'jest', env: { A: '1' } }],
  ['cd packages/a && npm test', { name: 'jest', cwd: 'packages/a' }],
  ['cd packages/a && npx mocha', { name: 'mocha', cwd: 'packages/a' }],
  [
    'export A=1; cd tests && python -m pytest -q',
    { name: 'pytest', cwd: 'tests', env: { A: '1' } },
  ],
  [
    'python -m unittest discover -s tests --pattern="check_*.py" -v',
    { name: 'unittest', args: ['-s', 'tests', '-p', 'check_*.py'] },
  ],
  ['python3 -m unittest discover tests', { name: 'unittest', args: ['-s', 'tests'] }],
  [
    'python -m unittest -v tests.test_a',
    { name: 'unittest', args: ['-s', 'tests', '-p', 'test_a.py'] },
  ],
  [
    'cd tests && python -m unittest test_a',
    { name: 'unittest', cwd: 'tests', args: ['-s', '.', '-p', 'test_a.py'] },
  ],
])('%s', (script, expected) => {
  expect(read(script)).toMatchObject(expected);
});

test.each(['npx something', 'make test', 'npm run nothing', 'node check.js'])(
  '%s calls no framework that is known',
  (script) => {
    expect(read(script)).toBeUndefined();
  },
);
