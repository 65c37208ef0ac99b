import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderVerifierScript } from './verifier-script.ts';
import type { VerifierParts } from './verifier-script.ts';

let base: string;
let repository: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "it's a base "));
  repository = join(base, 'repo');
  mkdirSync(join(repository, 'sub dir'), { recursive: true });
  mkdirSync(join(base, 'home'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const run = (parts: Partial<VerifierParts>, env: NodeJS.ProcessEnv = {}) => {
  const script = renderVerifierScript({ env: {}, plainCommand: 'true', cwd: '.', ...parts });
  const { stdout, status } = spawnSync('/bin/sh', ['-c', script], {
    cwd: repository,
    env: { PATH: '/usr/bin:/bin', HOME: '/caller', ...env },
    encoding: 'utf8',
  });
  return { lines: stdout.trim().split('\n'), status };
};

describe('renderVerifierScript', () => {
  it('prints output and errors between the markers, then the exit code, and ends with it', () => {
    const { lines, status } = run({ plainCommand: 'echo one; echo two >&2; exit 3' });
    expect(lines).toEqual([
      '>>>>> Start Test Output',
      'one',
      'two',
      '>>>>> End Test Output',
      '>>>>> Test Exit Code: 3',
    ]);
    expect(status).toBe(3);
  });

  it('finds the environment beside the repository, whatever its path looks like', () => {
    const { lines } = run({
      env: { PATH: '$BASE/venv/bin:$BASE/repo/node_modules/.bin:/usr/bin', HOME: '$BASE/home' },
      plainCommand: 'printf "%s\\n" "$PATH" "$HOME"',
    });
    expect(lines[1]).toBe(`${base}/venv/bin:${repository}/node_modules/.bin:/usr/bin:/bin`);
    expect(lines[2]).toBe(`${base}/home`);
  });

  it('takes another BASE, and leaves the home alone where there is no environment', () => {
    const { lines } = run(
      { env: { HOME: '$BASE/home', TZ: 'UTC' }, plainCommand: 'echo "$HOME $TZ"' },
      { BASE: '/nowhere' },
    );
    expect(lines[1]).toBe('/caller UTC');
  });

  it('keeps odd values as they are', () => {
    const value = `a 'b' "c" $HOME \`d\` \\ $BASE/x`;
    const { lines } = run({ env: { ODD: value }, plainCommand: 'printf "%s\\n" "$ODD"' });
    expect(lines[1]).toBe(value.replace('$BASE', base));
  });

  it('builds in its folder before the markers', () => {
    const { lines, status } = run({
      cwd: 'sub dir',
      build: 'basename "$(pwd)"',
      plainCommand: 'basename "$(pwd)"',
    });
    expect(lines.slice(0, 3)).toEqual(['sub dir', '>>>>> Start Test Output', 'repo']);
    expect(status).toBe(0);
  });

  it('runs no test after a failed build', () => {
    const { lines, status } = run({ build: 'exit 2', plainCommand: 'echo ran' });
    expect(lines).toEqual([
      '>>>>> Start Test Output',
      'The build failed with exit code 2.',
      '>>>>> End Test Output',
      '>>>>> Test Exit Code: 2',
    ]);
    expect(status).toBe(2);
  });

  it('is valid POSIX shell that names no path of this machine', () => {
    const script = renderVerifierScript({
      env: { PATH: '$BASE/venv/bin:/usr/local/bin', HOME: '$BASE/home' },
      plainCommand: 'cd packages/a && python -m pytest -rA',
      cwd: '.',
    });
    execFileSync('/bin/sh', ['-n', '-c', script]);
    expect(script).toMatchInlineSnapshot(`
      "#!/bin/sh
      # Runs the test suite as it ran when the labels of this task were proved.
      # Start it in the repository's root. BASE is the folder of the environment.
      set -u
      REPO="$(pwd)"
      BASE="\${BASE:-$(dirname "$REPO")}"
      export PATH="$BASE"/venv/bin:"$PATH"
      [ ! -e "$BASE"/home ] || export HOME="$BASE"/home
      status=0
      echo '>>>>> Start Test Output'
      ( cd packages/a && python -m pytest -rA ) 2>&1 || status=$?
      echo '>>>>> End Test Output'
      echo ">>>>> Test Exit Code: $status"
      exit "$status"
      "
    `);
  });
});
