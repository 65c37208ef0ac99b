import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SwemintEvent } from '../core/events.ts';
import type { SourceSpec } from '../core/schema/index.ts';
import { frameworks } from '../frameworks/registry.ts';
import { factsOf, machineWith } from './fixtures/facts.ts';
import { planEnvironments } from './plan.ts';

const known = await frameworks.loadAll();
const source: SourceSpec = { kind: 'folder', location: '.' };
const python = { python3: '3.11.7' };
const venv = ['ensurepip', 'pip', 'venv'];
const node = { node: '24.0.0', npm: '11.0.0' };

type Texts = Readonly<Record<string, string>>;

async function ladder(
  texts: Texts,
  machine = machineWith({ ...python, ...node }, [...venv, 'pytest']),
  spec: Partial<SourceSpec> = {},
) {
  const specs = await planEnvironments(factsOf(texts), { ...source, ...spec }, machine, known);
  return specs.map(({ recipe, install, test: { framework }, env }) => ({
    rung: `${framework} ${recipe}`,
    install,
    env,
  }));
}

const rungs = async (...args: Parameters<typeof ladder>): Promise<string[]> =>
  (await ladder(...args)).map(({ rung }) => rung);

const pytestSuite: Texts = {
  'pkg/__init__.py': 'import os\n\ndef one():\n    return 1\n',
  'tests/test_one.py':
    'import pytest\nfrom pkg import one\n\ndef test_one():\n    assert one() == 1\n',
};

test('a package without needs runs from its sources first', async () => {
  const steps = await ladder(
    { ...pytestSuite, 'pyproject.toml': '[project]\nname = "pkg"\n' },
    machineWith(python, [...venv, 'pytest', 'os']),
  );
  expect(steps.map(({ rung }) => rung)).toEqual([
    'pytest python-source',
    'pytest python-venv',
    'pytest python-venv-plain',
  ]);
  expect(steps[0]).toMatchObject({ install: [], env: { PYTHONPATH: '$BASE/repo' } });
  expect(steps[1]?.install).toEqual([
    'python3 -m venv "$BASE/venv"',
    'python -m pip install --quiet -e . pytest',
  ]);
});

test.each<[string, Texts]>([
  ['a declared requirement', { 'pyproject.toml': '[project]\ndependencies = ["attrs"]\n' }],
  ['an undeclared import', { 'pkg/more.py': 'import attr\n' }],
  ['compiled parts', { 'setup.py': 'setup(ext_modules=[Extension("x", ["x.c"])])\n' }],
  ['installed metadata', { 'pkg/version.py': 'from importlib.metadata import version\n' }],
])('%s makes running from sources the last try', async (_, more) => {
  const steps = await rungs(
    { ...pytestSuite, ...more },
    machineWith(python, [...venv, 'pytest', 'os', 'importlib']),
  );
  expect(steps.at(-1)).toBe('pytest python-source');
  expect(steps.length).toBeGreaterThan(1);
});

test('requirements for other machines and optional imports do not count', async () => {
  const steps = await rungs(
    {
      ...pytestSuite,
      'pyproject.toml':
        '[project]\nname = "pkg"\ndependencies = ["tomli; python_version < \'3.11\'", "colorama; sys_platform == \'win32\'"]\n',
      'pkg/more.py': 'try:\n    import attr\nexcept ImportError:\n    attr = None\n',
      'pkg/_windows.py': 'import msvcrt\n',
    },
    machineWith(python, [...venv, 'pytest', 'os']),
  );
  expect(steps[0]).toBe('pytest python-source');
});

test('bare python3 without pip still runs unittest suites', async () => {
  const steps = await ladder(
    {
      'src/pkg/__init__.py': 'x = 1\n',
      'tests/test_x.py': 'import unittest\nclass T(unittest.TestCase):\n    def test(self): pass\n',
    },
    machineWith(python, ['unittest']),
  );
  expect(steps).toMatchObject([
    {
      rung: 'unittest python-source',
      install: [],
      env: { PYTHONPATH: '$BASE/repo/src:$BASE/repo' },
    },
  ]);
});

test.each<[string, Texts, string]>([
  [
    'extras',
    {
      'pyproject.toml':
        '[project]\nname = "pkg"\n[project.optional-dependencies]\ndocs = ["sphinx"]\ntests = ["six"]\n',
    },
    "-e '.[tests]' pytest",
  ],
  [
    'groups that include groups',
    {
      'pyproject.toml':
        '[project]\nname = "pkg"\n[dependency-groups]\nBase-Test = ["six"]\ntest = [{include-group = "base_test"}, "mock>=4"]\ndev = ["ruff"]\n',
    },
    "-e . six 'mock>=4' pytest",
  ],
  [
    'development lists without the tools that no test loads',
    {
      'pyproject.toml':
        '[project]\nname = "pkg"\n[dependency-groups]\ndev = ["sphinx>=5", "ruff", "six"]\n',
    },
    '-e . six pytest',
  ],
  [
    'poetry',
    {
      'pyproject.toml':
        '[tool.poetry]\nname = "pkg"\n[tool.poetry.group.test.dependencies]\nsix = "^1.2.3"\nmock = {version = "~4.1", extras = ["a"]}\n',
    },
    "-e . 'six>=1.2.3,<2' 'mock[a]>=4.1,<4.2' pytest",
  ],
  [
    'setup.cfg and setup.py',
    {
      'setup.py': 'setup(tests_require=["six"])\n',
      'setup.cfg': '[metadata]\nname = pkg\n[options.extras_require]\ntesting =\n    mock\n',
    },
    "-e '.[testing]' six pytest",
  ],
  [
    'requirement files, the compiled one of two',
    {
      'setup.py': 'setup()\n',
      'requirements/tests.in': 'six\n',
      'requirements/tests.txt': 'six==1.0\n',
    },
    '-e . -r requirements/tests.txt pytest',
  ],
  [
    'tox',
    {
      'setup.py': 'setup()\n',
      'tox.ini':
        '[testenv]\ndeps =\n    six\n    py27: mock\n    -r dev.txt\n    {env:X}\ncommands = pytest\n',
      'dev.txt': 'attrs\n',
    },
    '-e . -r dev.txt six pytest',
  ],
  [
    'a repository that is no package',
    { 'requirements.txt': 'six\n' },
    '-r requirements.txt pytest',
  ],
])('installs what tests need from %s', async (_, more, words) => {
  const steps = await ladder({ ...pytestSuite, ...more });
  const first = steps.find(({ rung }) => rung === 'pytest python-venv');
  expect(first?.install.at(-1)).toBe(`python -m pip install --quiet ${words}`);
});

test.each<[string, Texts, string]>([
  [
    'the package itself with its extras',
    {
      'pyproject.toml':
        '[project]\nname = "my.pkg"\n[dependency-groups]\ntest = ["My_Pkg[socks, idn]", "six"]\n',
    },
    "-e '.[socks,idn]' six pytest",
  ],
  [
    'nox',
    {
      'setup.py': 'setup()\n',
      'dev.txt': 'attrs\n',
      'noxfile.py':
        'def docs(session):\n    session.install("sphinx")\n\n@nox.session\ndef tests(session):\n    session.install("-r", "dev.txt", "mock>=4")\n    session.install("-e", ".")\n    session.run("pytest")\n',
    },
    "-e . -r dev.txt 'mock>=4' pytest",
  ],
  [
    'imports, fixtures and settings that nobody declared',
    {
      'pyproject.toml':
        '[project]\nname = "pkg"\ndependencies = ["PyYAML"]\n[tool.pytest.ini_options]\naddopts = "--cov=pkg"\n[tool.other]\ntimeout = 3\n',
      'tests/test_two.py':
        'import yaml\nimport dateutil.parser\nimport helper_of_nobody\n\ndef helper(fs):\n    return fs\n\ndef test_two(mocker, benchmark):\n    pass\n',
      'tests/conftest.py': 'import pytest\n\n@pytest.fixture\ndef benchmark():\n    return 1\n',
    },
    '-e . pytest-cov pytest-mock python-dateutil pytest',
  ],
])('installs what tests need from %s', async (_, more, words) => {
  const steps = await ladder({ ...pytestSuite, ...more });
  const first = steps.find(({ rung }) => rung === 'pytest python-venv');
  expect(first?.install.at(-1)).toBe(`python -m pip install --quiet ${words}`);
});

test('what is declared for development comes in when the tests’ own list is not enough', async () => {
  const steps = await ladder({
    ...pytestSuite,
    'pyproject.toml':
      '[project]\nname = "pkg"\n[dependency-groups]\ntest = ["six"]\ndev = ["trustme", "ruff", "tox-uv"]\n',
  });
  expect(steps.map(({ install }) => install.at(-1)?.replace(/^.*--quiet /, ''))).toContain(
    '-e . six trustme pytest',
  );
});

test('a lockfile bounds every version, the highest of several', async () => {
  const lock = [
    ['six', '1.0', 'registry = "https://index"'],
    ['six', '1.16.0', 'registry = "https://index"'],
    ['pkg', '2.0', 'editable = "."'],
    ['attrs', '23.1', 'registry = "https://index"'],
  ].map(([name, version, source]) =>
    ['[[package]]', `name = "${name}"`, `version = "${version}"`, `source = { ${source} }`].join(
      '\n',
    ),
  );
  const texts = { ...pytestSuite, 'setup.py': 'setup()\n', 'uv.lock': `${lock.join('\n\n')}\n` };
  const [locked, newest] = await ladder(texts);
  expect(locked?.install.at(-1)).toBe(
    'python -m pip install --quiet -c "$BASE/home/constraints.txt" -e . pytest',
  );
  expect(newest?.install.at(-1)).toBe('python -m pip install --quiet -e . pytest');
  const folder = await mkdtemp(join(tmpdir(), 'swemint-lock-'));
  try {
    await mkdir(join(folder, 'home'));
    await writeFile(join(folder, 'uv.lock'), texts['uv.lock']);
    execFileSync('sh', ['-e', '-c', locked?.install[1] ?? ''], {
      cwd: folder,
      env: { ...process.env, BASE: folder },
    });
    const written = await readFile(join(folder, 'home', 'constraints.txt'), 'utf8');
    expect(written.trim().split('\n').toSorted()).toEqual(['attrs<=23.1', 'six<=1.16.0']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('files that pin by hash are installed in a call of their own', async () => {
  const steps = await ladder({
    ...pytestSuite,
    'setup.py': 'setup()\n',
    'requirements-test.txt': 'six==1.0 --hash=sha256:00\n',
  });
  expect(steps[0]?.install.slice(1)).toEqual([
    'python -m pip install --quiet -r requirements-test.txt',
    'python -m pip install --quiet -e . pytest',
  ]);
});

test('versions that come from git are given', async () => {
  const build = '[build-system]\nrequires = ["setuptools-scm"]\n[project]\nname = "pkg"\n';
  const texts = { ...pytestSuite, 'pyproject.toml': build };
  const tagged = await ladder(texts, undefined, { kind: 'git', revision: 'v1.4.2' });
  expect(tagged[0]?.install[1]).toMatch(/^SETUPTOOLS_SCM_PRETEND_VERSION=1\.4\.2 /);
  const archived = await ladder({ ...texts, 'PKG-INFO': 'Name: pkg\nVersion: 3.0\n\nText\n' });
  expect(archived[0]?.install[1]).toMatch(/^SETUPTOOLS_SCM_PRETEND_VERSION=3\.0 /);
});

test('uv and a venv without ensurepip', async () => {
  const texts = { ...pytestSuite, 'setup.py': 'setup()\n' };
  const withUv = await ladder(texts, machineWith({ ...python, uv: '0.5' }, []));
  expect(withUv[0]?.install).toEqual([
    'uv venv --quiet --python python3 "$BASE/venv"',
    'uv pip install --quiet -e . pytest',
  ]);
  const withBoth = await ladder(texts, machineWith({ ...python, uv: '0.5' }, venv));
  expect(withBoth.map(({ install }) => install[0]?.split(' ')[0])).toEqual([
    'uv',
    'python3',
    'python3',
  ]);
  const debian = await ladder(texts, machineWith(python, ['venv', 'pip']));
  expect(debian[0]?.install[1]).toContain('pip --python "$BASE/venv/bin/python" install');
  expect(await rungs(texts, machineWith(python, ['pip']))).toEqual([]);
  expect(await rungs(texts, machineWith({}, []))).toEqual([]);
});

const nodeSuite: Texts = {
  'index.js': "import { readFileSync } from 'node:fs';\nexport const one = 1;\n",
  'test/one.test.js': "import test from 'node:test';\nimport { one } from '../index.js';\n",
};

const manifest = (value: Record<string, unknown>): Texts => ({
  ...nodeSuite,
  'package.json': JSON.stringify({ name: 'pkg', type: 'module', ...value }),
});

test('a repository that imports only Node and itself needs no installation', async () => {
  const steps = await ladder(manifest({ devDependencies: { typescript: '^5' } }));
  expect(steps[0]).toMatchObject({ rung: 'node-test javascript-source', install: [] });
});

test('what files import must be installed', async () => {
  const steps = await ladder({
    ...manifest({ dependencies: { a: '^1' }, devDependencies: { eslint: '^9', 'left-pad': '1' } }),
    'more.js': "const a = require('a/lib');\n",
  });
  expect(steps[0]?.rung).toBe('node-test javascript-npm');
  expect(steps[0]?.install).toContain("npm pkg delete 'devDependencies[eslint]'");
  expect(steps.at(-1)?.rung).toBe('node-test javascript-source');
});

test('what cannot be installed as a whole is reduced to what is named', async () => {
  const steps = await ladder({
    ...manifest({
      dependencies: { a: '^1' },
      devDependencies: {
        pkg: '*',
        b: '^2 || ^3',
        c: '^1',
        'a-preset': '1',
        eslint: '^9',
        '@types/b': 'latest',
        d: 'workspace:*',
      },
      scripts: { test: 'node --test', release: 'c' },
    }),
    'more.js': "const a = require('a/lib');\nconst b = require('b');\nconst d = require('d');\n",
    '.babelrc': '{"presets": ["a-preset"]}',
    'test/three.test.js': "const parser = () => require.resolve('eslint');\n",
    'test/two.test.js':
      "import { x } from '@scope/more/deep';\nimport { y } from '@/lib';\nimport { z } from 'node:fs';\n",
  });
  expect(steps[1]?.install).toEqual([
    'cp -p package.json "$BASE/home/package.json"',
    'npm pkg delete devDependencies',
    "{ npm install --no-package-lock --no-save --ignore-scripts @scope/more @types/b@latest a-preset@1 'b@^2 || ^3' d 'eslint@^9' || " +
      'npm install --no-package-lock --no-save --ignore-scripts @scope/more @types/b a-preset b d eslint; } && npm rebuild',
    'cp -p "$BASE/home/package.json" package.json',
  ]);
});

test.each<[string, Texts, string[]]>([
  ['package-lock.json', { 'package-lock.json': '{}' }, ['npm ci']],
  [
    'pnpm-lock.yaml',
    { 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" },
    ['npm install --global --prefix "$BASE/venv" pnpm@8', 'pnpm install --frozen-lockfile'],
  ],
  [
    'yarn.lock (classic)',
    { 'yarn.lock': '# yarn lockfile v1\n' },
    [
      'npm install --global --prefix "$BASE/venv" yarn@1',
      'yarn install --frozen-lockfile --non-interactive',
    ],
  ],
  [
    'yarn.lock (modern, carried)',
    {
      'yarn.lock': '__metadata:\n  version: 8\n',
      '.yarnrc.yml': 'yarnPath: .yarn/releases/y.cjs\n',
    },
    [
      'cp -p package.json "$BASE/home/package.json"',
      'YARN_NODE_LINKER=node-modules YARN_ENABLE_TELEMETRY=0 node .yarn/releases/y.cjs install --immutable',
      'cp -p "$BASE/home/package.json" package.json',
    ],
  ],
])('%s decides the package manager', async (_, lockfile, install) => {
  const steps = await ladder({
    ...manifest({ dependencies: { a: '^1' } }),
    'more.js': "import a from 'a';\n",
    ...lockfile,
  });
  expect(steps[0]).toMatchObject({ rung: 'node-test javascript-locked', install });
});

test('an input row’s own scripts are used instead of recognition', async () => {
  const spec = {
    installScript: '#!/bin/bash\ncd /testbed\npip install -e .\n',
    testScript:
      '#!/bin/bash\nset -e\ncd /testbed\nexport A=1\nB=2 python -m pytest -rA -n 4 --tb=no -k "not slow" tests\n',
  };
  const machine = machineWith(python, venv);
  const [given, ...others] = await planEnvironments(
    factsOf(pytestSuite),
    { ...source, ...spec },
    machine,
    known,
  );
  expect(others).toEqual([]);
  expect(given).toMatchObject({
    recipe: 'given',
    test: {
      framework: 'pytest',
      args: ['-k', 'not slow', '--', 'tests'],
      env: { A: '1', B: '2' },
      cwd: '.',
    },
  });
  expect(given?.install).toEqual([
    'python3 -m venv "$BASE/venv"',
    `bash -e <<'SWEMINT_SCRIPT'\n#!/bin/bash\ncd "$BASE/repo"\npip install -e .\nSWEMINT_SCRIPT`,
  ]);
});

test('a test script that calls nothing known is told, and recognition helps out', async () => {
  const events: SwemintEvent[] = [];
  const steps = await planEnvironments(
    factsOf(pytestSuite),
    { ...source, testScript: './run-everything.sh' },
    machineWith(python, [...venv, 'pytest', 'os']),
    known,
    (event) => events.push(event),
  );
  expect(steps[0]?.test.framework).toBe('pytest');
  expect(events).toMatchObject([{ type: 'warning', code: 'unknown-test-script' }]);
});

test('the language of a row chooses between suites', async () => {
  const both = { ...pytestSuite, ...manifest({}) };
  const chosen = async (language: string) =>
    (
      await planEnvironments(
        factsOf(both),
        { ...source, language },
        machineWith({ ...python, ...node }, [...venv, 'pytest', 'os']),
        known,
      )
    )[0]?.language;
  expect(await chosen('python')).toBe('python');
  expect(await chosen('javascript')).toBe('javascript');
});
