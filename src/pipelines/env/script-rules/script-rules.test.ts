// Scripts that cheat or mix up their roles are refused for the right reason; ordinary ones are not.
import { describe, expect, test } from 'vitest';
import { reviewInstallScript } from './install-script.ts';
import { reviewTestScript } from './test-script.ts';

const variables = { PATH: '$BASE/venv/bin:/usr/bin', VIRTUAL_ENV: '$BASE/venv' };
const review = (script: string) => reviewTestScript(script, variables);
const codeOf = async (script: string): Promise<string> => {
  const result = await review(script);
  return result.ok ? `accepted: ${result.call.words.join(' ')}` : result.code;
};

describe('test scripts that are refused', () => {
  test.each([
    // Installing.
    ['pip install -e . && pytest', 'test-script-installs'],
    ['python3 -m pip install pytest\npytest', 'test-script-installs'],
    ['pip3.11 install x; pytest', 'test-script-installs'],
    ['npm ci && npx jest', 'test-script-installs'],
    ['yarn && yarn test', 'test-script-installs'],
    ['yarn --frozen-lockfile; yarn jest', 'test-script-installs'],
    ['pnpm i; pnpm vitest run', 'test-script-installs'],
    ['npx --yes jest', 'test-script-installs'],
    ['apt-get update && pytest', 'test-script-installs'],
    ['sudo apt-get install -y foo\npytest', 'test-script-installs'],
    ['bash -c "pip install x && pytest"', 'test-script-installs'],
    ['uv run pytest', 'test-script-installs'],
    ['uv sync\npytest', 'test-script-installs'],
    ['poetry install && poetry run pytest', 'test-script-installs'],
    ['tox -e py311', 'test-script-installs'],
    ['timeout 60 nox', 'test-script-installs'],
    ['python -m venv x && pytest', 'test-script-installs'],
    ['cargo fetch; cargo test', 'test-script-installs'],
    ['go mod download && go test ./...', 'test-script-installs'],
    ['if true; then pip install pytest; fi; pytest', 'test-script-installs'],
    ['python setup.py develop; pytest', 'test-script-installs'],
    // The network.
    ['curl -O https://example.org/data && pytest', 'test-script-needs-network'],
    ['git clone https://example.org/x\npytest', 'test-script-needs-network'],
    ['git submodule update --init; pytest', 'test-script-needs-network'],
    ['docker run x pytest', 'test-script-needs-network'],
    // Masking.
    ['pytest || true', 'test-script-masks'],
    ['pytest || :', 'test-script-masks'],
    ['pytest | tee log.txt', 'test-script-masks'],
    ['pytest 2>&1 | grep passed', 'test-script-masks'],
    ['pytest & wait', 'test-script-masks'],
    ['! pytest', 'test-script-masks'],
    ['pytest; echo "10 passed"', 'test-script-masks'],
    ['echo "test_a PASSED"; pytest', 'test-script-masks'],
    ['printf "ok 1\\n"\npytest', 'test-script-masks'],
    ['pytest; exit 0', 'test-script-verdict'],
    ['pytest; status=0; exit $status', 'test-script-verdict'],
    ['status=$?; pytest; exit $status', 'test-script-verdict'],
    ['exit $?; pytest', 'test-script-verdict'],
    ['pytest; true', 'test-script-verdict'],
    ['trap "exit 0" EXIT; pytest', 'test-script-verdict'],
    ['pytest > /dev/null', 'test-script-hides'],
    ['pytest &> log', 'test-script-hides'],
    // Branching.
    ['for f in tests/*; do pytest $f; done', 'test-script-branches'],
    ['if pytest; then echo y; fi', 'test-script-branches'],
    ['t() { pytest; }; t', 'test-script-branches'],
    ['pytest $(ls tests)', 'test-script-branches'],
    ['X=$(date) pytest', 'test-script-branches'],
    ['bash -c "pytest || true"', 'test-script-unknown'],
    ['bash run_tests.sh', 'test-script-unknown'],
    ['eval pytest', 'test-script-unknown'],
    // Other things.
    ['pytest a && pytest b', 'test-script-several'],
    ['sed -i s/assert/pass/ tests/test_a.py && pytest', 'test-script-several'],
    ['cd /tmp && pytest', 'test-script-elsewhere'],
    ['cd .. && pytest', 'test-script-elsewhere'],
    ['source .venv/bin/activate\npytest', 'test-script-elsewhere'],
    ['', 'test-script-unknown'],
    ['# nothing\nexport A=1', 'test-script-unknown'],
    ['if pytest', 'unreadable-script'],
  ])('%s', async (script, code) => {
    expect(await codeOf(script)).toBe(code);
  });
});

describe('ordinary test scripts', () => {
  test.each([
    ['pytest', '.', 'pytest', {}],
    ['set -euo pipefail\npytest -q 2>&1', '.', 'pytest -q', {}],
    ['export X=1; cd sub && python -m pytest -q', 'sub', 'python -m pytest -q', { X: '1' }],
    ['cd /testbed && PYTHONPATH=. pytest', '.', 'pytest', { PYTHONPATH: '.' }],
    ['cd "$BASE/repo/a" && cd b && pytest', 'a/b', 'pytest', {}],
    [
      'export PYTHONPATH="$PWD/src:${PYTHONPATH:-}"\npytest "$PWD/tests"',
      '.',
      'pytest tests',
      { PYTHONPATH: '$BASE/repo/src:' },
    ],
    [
      'cd api; export PATH="$(pwd)/bin:$PATH"; pytest',
      'api',
      'pytest',
      { PATH: '$BASE/repo/api/bin:$BASE/venv/bin:/usr/bin' },
    ],
    ['. "$BASE/venv/bin/activate"\npytest', '.', 'pytest', {}],
    [
      '#!/bin/sh\n# Runs the tests.\necho "Running the tests"\nnpx jest --ci',
      '.',
      'npx jest --ci',
      {},
    ],
    ['timeout 600 pytest -n $(nproc)', '.', 'timeout 600 pytest -n 2', {}],
    ['(cd x && pytest)', 'x', 'pytest', {}],
    ['NODE_ENV=test npm test', '.', 'npm test', { NODE_ENV: 'test' }],
    ['pytest -k "not pip and not install"', '.', 'pytest -k not pip and not install', {}],
    [
      'pytest tests/test_install.py tests/test_curl.py',
      '.',
      'pytest tests/test_install.py tests/test_curl.py',
      {},
    ],
    ['uv run --no-sync pytest', '.', 'uv run --no-sync pytest', {}],
    ['go test ./...', '.', 'go test ./...', {}],
    ['set +e; pytest; exit $?', '.', 'pytest', {}],
    ['pytest -q\nstatus=$?\nexit "${status}"', '.', 'pytest -q', {}],
    ['mvn -o -q test', '.', 'mvn -o -q test', {}],
  ])('%s', async (script, cwd, words, env) => {
    const result = await review(script);
    expect(result).toEqual({ ok: true, call: expect.objectContaining({ cwd, env }) });
    expect(result.ok && result.call.words.join(' ')).toBe(words);
  });
});

describe('install scripts', () => {
  test.each([
    'pip install -e . && pytest',
    'pip install -e .\npython -m unittest discover',
    'npm ci && npm test',
    'npm install-test',
    'yarn install\nyarn run test:unit',
    'npx vitest run',
    'mvn -q install',
    'mvn package',
    './gradlew build',
    'go test ./...',
    'cargo test',
    'make check',
    'make -C sub unit-test',
    'bundle exec rspec',
    'bash -c "pip install x; pytest -x"',
    "bash <<'EOF'\npytest\nEOF",
    'eval "npm t"',
    'if true; then poetry run pytest; fi',
    'x=$(pytest)',
    'timeout 5 env A=1 python3 -W ignore -m pytest || true',
    'uv run pytest',
    'python setup.py test',
    'coverage run -m pytest',
    'node --test',
  ])('refused: %s', async (script) => {
    expect(await reviewInstallScript(script)).toMatchObject({ code: 'install-script-tests' });
  });

  test.each(['sudo apt-get install x', 'su -c "make install"'])('refused: %s', async (script) => {
    expect(await reviewInstallScript(script)).toMatchObject({ code: 'install-script-rights' });
  });

  test.each([
    'pip install pytest',
    'python -m pip install -e ".[test]" pytest pytest-xdist unittest2',
    'pip install -r requirements-test.txt -r test/requirements.txt',
    'npm ci\nnpm install --no-save jest vitest mocha',
    'yarn add --dev jest',
    'npm run build',
    'mvn -q -DskipTests install',
    'mvn dependency:go-offline',
    './gradlew assemble -x test',
    './gradlew build -x test',
    'gradle testClasses',
    'go mod download && go build ./... && go vet ./...',
    'go test -c ./pkg',
    'go test -run "^$" ./...',
    'cargo build --tests && cargo test --no-run',
    'make build-tests-data || true',
    'pytest --version',
    'echo pytest; cp tests/conf.example tests/conf; chmod +x test.sh',
    'cd test && make install',
    'composer install --no-interaction',
    'bundle install',
    'apt-get update && apt-get install -y libxml2-dev || echo "no rights"',
    '',
  ])('accepted: %s', async (script) => {
    expect(await reviewInstallScript(script)).toBeUndefined();
  });
});
