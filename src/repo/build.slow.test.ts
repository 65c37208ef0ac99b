import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SwemintEvent } from '../core/events.ts';
import type { EnvironmentSpec } from '../core/schema/index.ts';
import { sandboxes } from '../sandbox/registry.ts';
import { buildEnvironment } from './build.ts';
import { checkout } from './checkout.ts';
import { fresh, git, repository, scratch } from './fixtures/git-repository.ts';
import { inspectMachine } from './machine.ts';
import { parseSource } from './parse-source.ts';
import { commonVariables, fillVariables } from './variables.ts';

afterAll(() => rmSync(scratch, { recursive: true }));

const provider = await sandboxes.load('local');
const machine = inspectMachine();

const specWith = (install: string[], language = 'python'): EnvironmentSpec => ({
  language,
  packageManager: 'none',
  recipe: 'test',
  install,
  env: commonVariables,
  test: { framework: 'unittest', args: [], env: {}, cwd: '.' },
});

async function base(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(fresh(), 'base');
  await checkout(parseSource(`${repository(files)}@HEAD`), { into: join(folder, 'repo') });
  return folder;
}

test('what an installation leaves is ignored; what it changes is told', async () => {
  const folder = await base({ 'kept.py': 'x = 1\n', 'changed.py': 'y = 1\n' });
  const events: SwemintEvent[] = [];
  const result = await buildEnvironment(
    specWith([
      'echo "y = 2" > changed.py; mkdir -p "pkg.egg-info" __pycache__ "odd name[1]"',
      'touch pkg.egg-info/PKG-INFO __pycache__/kept.cpython-311.pyc "odd name[1]/#x"',
      'echo installed > "$BASE/venv-marker"; echo cached > "$HOME/cache"',
    ]),
    { base: folder, provider, machine, emit: (event) => events.push(event) },
  );
  expect(result).toMatchObject({ ok: true, versions: { python: expect.any(String) as string } });
  expect(events).toContainEqual(
    expect.objectContaining({
      code: 'install-changed-files',
      message: expect.stringContaining('changed.py') as string,
    }),
  );
  const repo = join(folder, 'repo');
  expect(git(repo, 'status', '--porcelain')).toBe(' M changed.py\n');
  expect(existsSync(join(repo, 'pkg.egg-info/PKG-INFO'))).toBe(true);
  expect(existsSync(join(repo, '__pycache__/kept.cpython-311.pyc'))).toBe(false);
  expect(existsSync(join(folder, 'venv-marker'))).toBe(true);
  expect(existsSync(join(folder, 'home/cache'))).toBe(false);
});

test('a hostile installation cannot plant commands in the copy’s git', async () => {
  const folder = await base({ 'a.py': 'x = 1\n' });
  const planted = join(dirname(folder), 'planted');
  const before = readFileSync(join(folder, 'repo/.git/config'), 'utf8');
  const result = await buildEnvironment(
    specWith([
      `git config core.fsmonitor 'touch ${planted}'; git config core.hooksPath /evil`,
      `mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch ${planted}\\n' > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout`,
      `git config filter.x.clean 'touch ${planted}'; echo '* filter=x' > .git/info/attributes; echo '*' > .git/info/exclude`,
      'git commit -q --allow-empty -m more; rm -rf .git/objects',
    ]),
    { base: folder, provider, machine },
  );
  expect(result.ok).toBe(true);
  const repo = join(folder, 'repo');
  expect(readFileSync(join(repo, '.git/config'), 'utf8')).toBe(before);
  expect(existsSync(join(repo, '.git/hooks'))).toBe(false);
  expect(git(repo, 'rev-list', '--all', '--count').trim()).toBe('1');
  expect(git(repo, 'status', '--porcelain')).toBe('');
  expect(existsSync(planted)).toBe(false);
  expect(existsSync(`${folder}.git-kept`)).toBe(false);
});

test('a link in place of the repository leads nowhere', async () => {
  const folder = await base({ 'a.py': 'x = 1\n' });
  const victim = repository({ 'precious.py': 'y = 1\n' });
  const result = await buildEnvironment(
    specWith([`cd "$BASE"; mv repo elsewhere; ln -s ${victim} repo`]),
    { base: folder, provider, machine },
  );
  expect(result).toMatchObject({ ok: false, reason: 'It replaced the folder of the repository.' });
  expect(git(victim, 'status', '--porcelain')).toBe('');
  expect(git(join(folder, 'repo'), 'status', '--porcelain')).toBe('');
  expect(lstatSync(join(folder, 'repo')).isDirectory()).toBe(true);
});

test('a failed attempt is told and leaves nothing for the next one', async () => {
  const folder = await base({ 'a.py': 'x = 1\n', '.gitignore': 'built/\n' });
  const failed = await buildEnvironment(
    specWith([
      'mkdir built "$BASE/venv"; touch built/x "$BASE/venv/x" loose; echo no > a.py',
      'echo looking; echo "no such thing" >&2; exit 3',
      'touch never',
    ]),
    { base: folder, provider, machine },
  );
  expect(failed).toMatchObject({
    ok: false,
    step: expect.stringContaining('exit 3') as string,
    reason: 'It ended with exit code 3.',
    logTail: expect.stringMatching(/looking\n[^]*no such thing/) as string,
  });
  const next = await buildEnvironment(
    specWith([
      'test ! -e built && test ! -e loose && test ! -e "$BASE/venv/x" && grep -q "x = 1" a.py',
    ]),
    { base: folder, provider, machine },
  );
  expect(next).toMatchObject({ ok: true });
});

test('an installation that does not end is cut', async () => {
  const folder = await base({ 'a.py': 'x = 1\n' });
  const result = await buildEnvironment(specWith(['sleep 600']), {
    base: folder,
    provider,
    machine,
    timeoutMs: 1_500,
  });
  expect(result).toMatchObject({ ok: false, reason: 'It did not end in time.' });
});

test('a Python installation lands in the environment alone', async () => {
  const folder = await base({
    'a.py': 'x = 1\n',
  });
  const spec = {
    ...specWith([
      'python3 -m venv "$BASE/venv"',
      'python -c "import sys; print(sys.prefix)" > "$BASE/prefix"',
    ]),
    env: { ...commonVariables, VIRTUAL_ENV: '$BASE/venv' },
  };
  const result = await buildEnvironment(spec, { base: folder, provider, machine });
  expect(result).toMatchObject({ ok: true });
  expect(readFileSync(join(folder, 'prefix'), 'utf8').trim()).toBe(join(folder, 'venv'));
  await using sandbox = await provider.open({
    base: folder,
    access: 'copy-on-write',
    network: false,
    env: fillVariables(spec.env, folder),
  });
  const seen = await sandbox.exec({ argv: ['python3', '-c', 'import sys; print(sys.prefix)'] });
  expect(seen.stdout.trim()).toBe(join(folder, 'venv'));
});
