import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../testing/command-line.ts';
import { tinyPythonProject, writeProject } from '../testing/tiny-projects.ts';

interface Failure {
  error: { code: string; message: string; hint?: string };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-bad-'));
  await writeProject(join(folder, 'good'), tinyPythonProject);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One sentence and a hint on standard output, exit code 2, and no file that looks like a result. */
async function expectRefusal(
  args: readonly string[],
  code: string | RegExp,
  message: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const out = join(folder, 'out');
  await rm(out, { recursive: true, force: true });
  const needsOut = ['scale', 'export'].includes(args[0] ?? '') && !args.includes('--out');
  const given = needsOut ? [...args, '--out', out] : args;
  const result = await runCommandLine([...given, '--json'], folder, env);
  const { error } = JSON.parse(result.stdout) as Failure;
  expect(error.code).toMatch(code);
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(/\w+ \w+/);
  expect(result.exitCode).toBe(2);
  const left = await readdir(out).catch(() => []);
  expect(left.filter((name) => /jsonl|report/.test(name))).toEqual([]);
}

const project = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
  await writeProject(join(folder, name), files);
  return name;
};
const git = (cwd: string, ...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd,
    stdio: 'ignore',
  });
};

describe('repositories that cannot be used', () => {
  test('no tests', async () => {
    const name = await project('untested', { 'a.py': 'def f():\n    return 1\n' });
    await expectRefusal(['scale', name], 'no-tests', /tests were found/);
  });

  test('a suite that cannot be loaded', async () => {
    const name = await project('unloadable', {
      'a.py': 'def f():\n    return 1\n',
      'test_a.py': 'import nowhere\n\ndef test_f():\n    assert nowhere.f() == 1\n',
    });
    await expectRefusal(['scale', name], /collection-failed|install-failed/, /nowhere/);
  });

  test('all tests fail', async () => {
    const name = await project('red', {
      'a.py': 'def f():\n    return 1\n',
      'test_a.py':
        'import unittest\nfrom a import f\n\nclass T(unittest.TestCase):\n    def test_f(self):\n        self.assertEqual(f(), 2)\n',
    });
    await expectRefusal(
      ['scale', name],
      'all-tests-fail',
      /None of the 1 tests|none of the 1 tests/,
    );
  });

  test('a language that is not known', async () => {
    const name = await project('cobol', {
      'main.cob': 'DISPLAY "HI".\n',
      'test.cob': 'STOP RUN.\n',
    });
    await expectRefusal(['scale', name], 'unknown-language', /known language/);
    await writeFile(
      join(folder, 'cobol.jsonl'),
      `${JSON.stringify({ repo: join(folder, 'good'), language: 'cobol' })}\n`,
    );
    await expectRefusal(['scale', '--input', 'cobol.jsonl'], 'unknown-language', /cobol/i);
  });

  test('nothing that a mutator could change', async () => {
    const name = await project('flat', {
      'a.py': 'X = 1\n',
      'test_a.py':
        'import unittest\nimport a\n\nclass T(unittest.TestCase):\n    def test_x(self):\n        self.assertEqual(a.X, 1)\n',
    });
    await expectRefusal(['scale', name], 'no-candidates', /No code/);
  });

  test('uncommitted changes, and a commit that does not exist', async () => {
    const name = await project('versioned', tinyPythonProject);
    const path = join(folder, name);
    git(path, 'init', '-q');
    git(path, 'add', '.');
    git(path, 'commit', '-q', '-m', 'first');
    await expectRefusal(
      ['scale', `./${name}@0123456789abcdef0123456789abcdef01234567`],
      /no-such-commit/,
      /0123456/,
    );
    await writeFile(join(path, 'shelf', 'stock.py'), 'changed = True\n');
    await expectRefusal(['scale', name], /dirty/, /chang/);
  });
});

describe('sources and files that are not there', () => {
  test.each([
    [['scale'], 'no-source', /No repository/],
    [['scale', './nowhere'], /no-such/, /nowhere/],
    [['scale', 'good', '--mutator', 'func_pm_everything'], 'unknown-mutator', /func_pm_everything/],
    [['scale', 'good', '--mutator', './mine.ts'], 'unknown-mutator', /mine\.ts/],
    [['scale', 'good', '--workers', 'many'], 'bad-config', /workers/],
    [['scale', 'good', '--set', 'limits.memory=-1'], 'bad-config', /limits\.memory/],
    [['scale', 'good', '--statement', 'poem'], 'usage', /poem/],
    [['scale', 'good', '--out', '/proc/swemint'], 'no-write-permission', /\/proc\/swemint/],
    [['scale', '--input', 'absent.jsonl'], /./, /absent\.jsonl/],
    [['stats', 'good'], 'not-a-run', /good/],
    [['show', 'nowhere'], 'no-tasks', /nowhere/],
    [['verify', 'good'], 'no-tasks', /good/],
    [['export', 'good', '--format', 'poem'], 'unknown-format', /poem/],
  ] as const)('%j', async (args, code, message) => {
    await expectRefusal(args, code, message);
  });

  test('a malformed line of an input file is named', async () => {
    await writeFile(
      join(folder, 'rows.jsonl'),
      `${JSON.stringify({ repo: join(folder, 'good') })}\n{"repo": \n`,
    );
    await expectRefusal(['scale', '--input', 'rows.jsonl'], /./, /line 2/i);
  });

  test('a run folder of another version', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    await mkdir(join(folder, 'old'), { recursive: true });
    const database = new DatabaseSync(join(folder, 'old', 'run.sqlite'));
    database.exec(
      "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT); INSERT INTO meta VALUES ('version', '0')",
    );
    database.close();
    await expectRefusal(['scale', 'good', '--out', 'old'], 'run-version', /another version/);
    await expectRefusal(['stats', 'old'], 'run-version', /another version/);
  });

  test('a run folder with other settings', async () => {
    const args = ['scale', 'good', '--out', 'seeded', '--max-candidates', '1', '--mode', 'full'];
    await runCommandLine([...args, '--baseline-runs', '1'], folder);
    await expectRefusal(
      [...args, '--baseline-runs', '2'],
      'run-differs',
      /baselineRuns was 1, now 2/,
    );
  });
});

describe('container engines and images', () => {
  const docker = ['--set', 'sandbox=docker'];
  const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

  test('an engine that does not run', async () => {
    const words = /No container engine answers/;
    await expectRefusal(['scale', 'good', ...docker], 'engine-not-running', words, nowhere);
    const away = { DOCKER_HOST: 'tcp://127.0.0.1:1' };
    await expectRefusal(['scale', 'good', ...docker], 'engine-not-running', words, away);
  });

  test('settings that the sandbox does not know', async () => {
    for (const [setting, words] of [
      ['docker.imgae=python', /sandboxSettings\.docker/],
      ['docker.cpus=-1', /sandboxSettings\.docker\.cpus/],
      ['docker.host=nowhere', /"nowhere" is not the address of an engine/],
    ] as const) {
      const settings = ['--set', `sandboxSettings.${setting}`];
      await expectRefusal(['scale', 'good', ...docker, ...settings], 'bad-config', words);
    }
    const own = ['--set', 'sandboxSettings.local.image=python'];
    await expectRefusal(['scale', 'good', ...own], 'bad-config', /local has no settings/);
  });

  test('images of environments that are not there', async () => {
    await expectRefusal(['image', 'nowhere'], 'no-such-environment', /There is no nowhere/);
    await expectRefusal(['image', 'good'], 'not-a-run', /not a run/);
    const lines = await project('lines', { 'environments.jsonl': '{}\n' });
    await expectRefusal(
      ['image', join(lines, 'environments.jsonl')],
      'bad-environments',
      /line 1 is no environment/,
    );
  });
});

test('python3 and npm that are not installed', async () => {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const program of ['git', 'sh', 'tar', 'unshare', 'mount', 'setpriv']) {
    const path = execFileSync('sh', ['-c', `command -v ${program}`])
      .toString()
      .trim();
    await symlink(path, join(bin, program));
  }
  await expectRefusal(['scale', 'good'], 'missing-python3', /python3/i, { PATH: bin });
  await expectRefusal(['scale', 'npm:is-number'], /missing-(?:npm|program)/, /npm/, { PATH: bin });
});

const canMount = (() => {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('skipped: a full disk cannot be made here (no mount namespace)\n');
    return false;
  }
})();

test.skipIf(!canMount)('a full disk', async () => {
  const small = join(folder, 'small');
  await mkdir(small);
  const main = new URL('main.ts', import.meta.url).pathname;
  const script = `mount -t tmpfs -o size=600k none "$1" && exec "$2" "$3" scale "$4" --out "$1/run" --json`;
  let output = '';
  let status: number | null = 0;
  try {
    output = execFileSync(
      'unshare',
      ['-m', 'sh', '-c', script, 'sh', small, process.execPath, main, join(folder, 'good')],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ).toString();
  } catch (error) {
    const failed = error as { status: number | null; stdout: Buffer };
    output = failed.stdout.toString();
    status = failed.status;
  }
  expect((JSON.parse(output) as Failure).error).toMatchObject({ code: 'disk-full' });
  expect(status).toBe(2);
});
