// Two scripts become the environment that they describe, whatever way the test command is written.
import { expect, test } from 'vitest';
import type { EnvironmentSpec } from '../../core/schema/index.ts';
import { frameworks } from '../../frameworks/registry.ts';
import { factsOf, machineWith } from '../../repo/fixtures/facts.ts';
import { specFromScripts } from './scripted-spec.ts';
import type { ScriptedSpec } from './scripted-spec.ts';

const known = await frameworks.loadAll();
const files = {
  'package.json': JSON.stringify({ scripts: { test: 'mocha' } }),
  'tests/test_a.py': 'def test_a(): pass\n',
  'sub/checks/a.js': 'require("node:test")\n',
};

function read(installScript: string, testScript: string): Promise<ScriptedSpec> {
  return specFromScripts(
    { installScript, testScript },
    {
      facts: factsOf(files),
      machine: machineWith({ python3: '3.12.1', npm: '10.0.0' }, ['venv', 'ensurepip', 'pip']),
      frameworks: known,
      languages: ['python', 'javascript'],
    },
  );
}

async function specOf(installScript: string, testScript: string): Promise<EnvironmentSpec> {
  const result = await read(installScript, testScript);
  if (!result.ok) throw new Error(result.reason);
  return result.spec;
}

test('Python: in a virtual environment, paths of the environment apart from plain variables', async () => {
  const spec = await specOf(
    'pip install -e .',
    'export PYTHONPATH="$PWD/src:$PYTHONPATH" MODE=fast\ncd tests && timeout 60 python -m pytest -q -x "$PWD"',
  );
  expect(spec).toMatchObject({
    language: 'python',
    packageManager: 'pip',
    recipe: 'given',
    env: { VIRTUAL_ENV: '$BASE/venv', PYTHONPATH: '$BASE/repo/src:' },
    test: { framework: 'pytest', cwd: 'tests', env: { MODE: 'fast' } },
  });
  expect(spec.install.at(-1)).toBe('pip install -e .');
  expect(spec.install[0]).toContain('venv');
  expect(spec.test.env).not.toHaveProperty('PYTHONPATH');
});

test('JavaScript: without one, in the folder the script goes to', async () => {
  const spec = await specOf('npm ci', 'cd sub; NODE_ENV=test node --test checks/a.js');
  expect(spec).toMatchObject({
    language: 'javascript',
    install: ['npm ci'],
    test: { framework: 'node-test', cwd: 'sub', env: { NODE_ENV: 'test' } },
  });
  expect(spec.env).not.toHaveProperty('VIRTUAL_ENV');
  expect(await specOf('', 'npm test')).toMatchObject({ install: [], test: { framework: 'mocha' } });
});

test.each([
  ['pip install . && pytest', 'pytest', 'install-script-tests'],
  ['true', 'pytest || true', 'test-script-masks'],
  ['true', 'make test', 'test-script-unknown'],
  ['true', 'make pytest', 'test-script-unknown'],
  ['true', './pytest.sh', 'test-script-unknown'],
  ['true', 'python run.py pytest', 'test-script-unknown'],
  ['true', 'npx something', 'test-script-unknown'],
])('refused: %s / %s', async (install, testing, code) => {
  expect(await read(install, testing)).toMatchObject({ ok: false, code });
});

test('the refusal of an unknown command names it and what can be read', async () => {
  const result = await read('true', '# all of it\nmake check');
  expect(result).toMatchObject({
    reason: expect.stringMatching(/`make check`.*pytest, unittest, node-test/),
  });
});
