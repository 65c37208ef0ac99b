import { expect, test } from 'vitest';
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import { frameworks } from './registry.ts';

function facts(files: Record<string, string>, manifest?: object): RepositoryFacts {
  const all: Record<string, string> = {
    ...files,
    ...(manifest === undefined ? {} : { 'package.json': JSON.stringify(manifest) }),
  };
  return {
    files: Object.keys(all).toSorted(),
    read: (path) => all[path],
    packageJson: manifest as Record<string, unknown> | undefined,
    pyproject: undefined,
  };
}

async function detect(found: RepositoryFacts): Promise<Record<string, Detection>> {
  const all = await frameworks.loadAll();
  return Object.fromEntries(
    all.flatMap((framework) => {
      const detection = framework.detect(found);
      return detection === undefined ? [] : [[framework.name, detection]];
    }),
  );
}

const scripted = (scripts: Record<string, string>, files: Record<string, string> = {}) =>
  detect(facts(files, { scripts }));

test('follows scripts, strips wrappers, keeps arguments and variables', async () => {
  const { mocha, ...others } = await scripted({
    pretest: 'npm run lint',
    lint: 'eslint .',
    test: 'npm run tests-only -- --timeout 5000',
    'tests-only':
      'cross-env NODE_ENV=test nyc --reporter lcov mocha -r should --reporter dot test/',
  });
  expect(others).toEqual({});
  expect(mocha).toMatchObject({
    confidence: 3,
    setting: {
      args: ['-r', 'should', 'test/', '--timeout', '5000'],
      env: { NODE_ENV: 'test' },
    },
  });
  expect(mocha?.setting.build).toBeUndefined();
});

test('a build before the tests is kept, checks are not', async () => {
  const { jest } = await scripted({
    test: 'npm run lint && npm run build && tsc --noEmit && jest --coverage',
    lint: 'eslint .',
    build: 'rimraf dist && tsc -p .',
  });
  expect(jest?.setting).toMatchObject({ build: 'npm run build', args: [] });
  const { vitest } = await scripted({ test: 'tsc -p . && vitest run --coverage -c my.ts' });
  expect(vitest?.setting).toMatchObject({ build: 'npx tsc -p .', args: ['-c', 'my.ts'] });
});

test.each([
  [
    'node --import tsx --test --test-reporter spec src/*.test.ts',
    'node-test',
    ['--import', 'tsx', 'src/a.test.ts'],
  ],
  ['tsx --test src/a.test.ts', 'node-test', ['--import', 'tsx', 'src/a.test.ts']],
  ['borp --coverage --timeout 60000', 'node-test', ['src/a.test.ts']],
  ['node ./node_modules/mocha/bin/mocha --exit', 'mocha', ['--exit']],
  ['./node_modules/.bin/_mocha', 'mocha', []],
  ['yarn exec jest', 'jest', []],
  ['npx -y vitest --run', 'vitest', []],
  ["c8 -r text tape -r esm 'src/*.ts'", 'tap', ['-r', 'esm', 'src/a.test.ts']],
  ['node test.js && node test/more', 'tap', ['test.js', 'test/more.js']],
])('recognises %s', async (script, name, args) => {
  const files = { 'src/a.test.ts': '', 'test.js': '', 'test/more.js': '' };
  const found = await scripted({ test: script }, files);
  expect(found[name]?.setting.args).toEqual(args);
  expect(found[name]?.confidence).toBe(3);
});

test('node flags before a runner become NODE_OPTIONS', async () => {
  const script = 'node --experimental-vm-modules node_modules/jest/bin/jest.js';
  const { jest } = await scripted({ test: script });
  expect(jest?.setting.env).toEqual({ NODE_OPTIONS: '--experimental-vm-modules' });
});

test('scripts that call each other end', async () => {
  expect(await scripted({ test: 'npm run a', a: 'npm run b', b: 'npm test' })).toEqual({});
});

test('a script outranks a configuration, a configuration a dependency', async () => {
  const found = await detect(
    facts(
      { 'jest.config.js': '', 'vitest.config.ts': '' },
      { scripts: { test: 'vitest' }, devDependencies: { mocha: '1' } },
    ),
  );
  expect(found['vitest']?.confidence).toBe(3);
  expect(found['jest']?.confidence).toBe(2);
  expect(found['mocha']?.confidence).toBe(1);
});

test('node:test imports are enough', async () => {
  const found = await detect(facts({ 'test/a.js': "import test from 'node:test';" }));
  expect(found['node-test']).toMatchObject({
    confidence: 2,
    because: 'test/a.js imports node:test.',
  });
});

const unittestFile = 'import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n';

test('unittest classes alone: unittest before pytest, both possible', async () => {
  const found = await detect(facts({ 'tests/__init__.py': '', 'tests/test_a.py': unittestFile }));
  expect(found['unittest']).toMatchObject({
    confidence: 2,
    setting: { args: ['-s', 'tests', '-p', 'test*.py', '-t', '.'] },
  });
  expect(found['pytest']).toMatchObject({ confidence: 1, setting: { args: ['--', 'tests'] } });
});

test.each([
  ['pytest.ini', '[pytest]\n'],
  ['setup.cfg', '[metadata]\n[tool:pytest]\n'],
  ['tox.ini', '[tox]\n[pytest]\n'],
  ['pyproject.toml', '[tool.pytest.ini_options]\n'],
  ['tests/conftest.py', ''],
])('%s asks for pytest', async (path, text) => {
  const found = await detect(facts({ [path]: text, 'tests/test_a.py': unittestFile }));
  expect(found['pytest']?.confidence).toBe(3);
});

test('configured testpaths are left to pytest', async () => {
  const found = await detect(
    facts({ 'pytest.ini': '[pytest]\ntestpaths = src\n', 'tests/test_a.py': 'def test_a(): pass' }),
  );
  expect(found['pytest']?.setting.args).toEqual([]);
});

test('nothing to test is nothing', async () => {
  expect(
    await detect(facts({ 'src/index.js': '' }, { scripts: { test: 'echo "no" && exit 1' } })),
  ).toEqual({});
});

test('a check that builds first leaves the build', async () => {
  const { jest } = await scripted({
    pretest: 'npm run lint',
    prelint: 'npm run build',
    lint: 'eslint .',
    build: 'babel src --out-dir lib',
    test: 'jest',
  });
  expect(jest?.setting).toMatchObject({ build: 'npm run build' });
});

test('a tool that stands in for npm, and files that import their runner', async () => {
  const { vitest } = await scripted({ test: 'other exec --node vitest run' });
  expect(vitest).toMatchObject({ confidence: 3 });
  const importing = await detect(
    facts({ 'src/tests/a.test.ts': 'import { test } from "vitest";\n' }, { name: 'a' }),
  );
  expect(importing['vitest']).toMatchObject({ confidence: 2, setting: { args: [] } });
});

test('tests in a Makefile, and the file that they load', async () => {
  const { mocha } = await scripted(
    { test: 'make test' },
    {
      Makefile:
        'MOCHA ?= ./node_modules/.bin/mocha\nall.js: lib/a.js\n\tcat $^ > $@\ntest: node_modules all.js\n\t@${MOCHA} -u tdd test/a.js\n',
      'lib/a.js': '',
      'test/a.js': '',
    },
  );
  expect(mocha).toMatchObject({
    confidence: 3,
    setting: { args: ['-u', 'tdd', 'test/a.js'], build: 'make all.js' },
  });
});

test('vitest without its configuration, and tests that import nothing', async () => {
  const texts = { 'src/a.test.ts': "it('works', () => {});\n" };
  const { vitest } = await scripted({ test: 'vitest run' }, texts);
  expect(vitest?.setting.args).toEqual(['--globals']);
  const configured = await scripted({ test: 'vitest' }, { ...texts, 'vitest.config.ts': '' });
  expect(configured['vitest']?.setting.args).toEqual([]);
});
