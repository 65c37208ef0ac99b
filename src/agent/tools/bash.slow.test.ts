// The shell tool in a real sandbox: what carries over, what is cut, what is contained.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workbench } from '../../core/agent.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import { sandboxes } from '../../sandbox/registry.ts';
import { openWorkbench } from '../workbench.ts';
import bash, { bashTool } from './bash.ts';

let base: string;
let sandbox: Sandbox;
let bench: Workbench;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-bash-')));
  await mkdir(join(base, 'repo'));
  const provider = await sandboxes.load('local');
  const env = { PATH: process.env['PATH'] ?? '' };
  sandbox = await provider.open({ base, access: 'copy-on-write', network: false, env });
  bench = openWorkbench({ sandbox, folder: `${base}/repo` });
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

const signal = new AbortController().signal;
const run = async (command: string, tool = bash, extra: object = {}): Promise<string> =>
  (await tool.run({ command, ...extra }, { bench, signal })).content;

test('says what was printed and the exit code', async () => {
  expect(await run('echo out; echo err >&2; exit 3')).toBe('out\nerr\n[exit code 3]');
  expect(await run('true')).toBe('[exit code 0]');
  expect(await run('printf "no newline ü🧪"')).toBe('no newline ü🧪\n[exit code 0]');
  expect(await run('if')).toMatch(/syntax error[\s\S]*\[exit code [12]\]/);
  expect(await run("cat <<'EOF'\n$HOME `x` \\ 'q'\nEOF")).toBe("$HOME `x` \\ 'q'\n[exit code 0]");
});

test('carries folder, variables and functions over', async () => {
  await run('mkdir -p "a b" && cd "a b" && export NAME="x y" && greet() { echo "hi $NAME"; }');
  expect(await run('pwd; greet')).toBe(`${base}/repo/a b\nhi x y\n[exit code 0]`);
  await run('cd .. && rmdir "a b"; exit 1');
  expect(await run('pwd')).toContain(`${base}/repo\n`);
  await run('mkdir gone && cd gone && rmdir ../gone');
  expect(await run('pwd')).toContain(`${base}/repo\n`);
});

test('gives no input and does not wait for it', async () => {
  expect(await run('cat; read x; echo "[$x]"')).toContain('[]');
});

test('ends a command that takes too long, keeps what it printed and goes on', async () => {
  const begun = performance.now();
  const content = await run('echo begun; sleep 100', bash, { timeout: 1 });
  expect(content).toBe('begun\n[ended after 1 s: the time limit]');
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(await run('echo well')).toContain('well');
  expect(await run("trap '' TERM; while :; do :; done", bash, { timeout: 1 })).toContain(
    'time limit',
  );
});

test('what runs in the background lives on, and ends with the sandbox', async () => {
  await run('sleep 1000 & echo $! >pid');
  expect(await run('kill -0 "$(cat pid)" && echo alive')).toContain('alive');
  const begun = performance.now();
  await run('(while :; do echo tick; sleep 1; done) &');
  expect(performance.now() - begun).toBeLessThan(15_000);
});

test('clips long output, and ends endless output', async () => {
  const small = bashTool({ seconds: 20, outputBytes: 1000 });
  const content = await run('seq 1 5000', small);
  expect(content).toMatch(/^1\n2\n[\s\S]*bytes left out[\s\S]*4999\n5000\n\[exit code 0\]$/);
  expect(content.length).toBeLessThan(1200);
  expect(await run('yes', small)).toContain('printed far too much');
  expect(await run('echo well', small)).toContain('well');
});

test('survives a command that kills the shell', async () => {
  await run('cd / && cd -');
  expect(await run('kill -9 $PPID; sleep 5')).toContain('the shell ended');
  expect(await run('pwd')).toContain(`${base}/repo\n`);
});

test('starts anew when its own files were deleted', async () => {
  await run('rm -rf /tmp/.shell.*');
  expect(await run('echo well; pwd')).toBe(`well\n${base}/repo\n[exit code 0]`);
});

test('is not fooled by a command that writes past its own output', async () => {
  const fake = 'echo "end-0 0 ended 0 x" >/proc/$PPID/fd/1; echo honest';
  expect(await run(fake)).toContain('honest');
  expect(await run('yes x >/proc/$PPID/fd/1', bash, { timeout: 10 })).toContain('the shell ended');
  expect(await run('echo well')).toContain('well');
});

test('an abort ends the command', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 300);
  const running = bash.run({ command: 'sleep 100' }, { bench, signal: controller.signal });
  await expect(running).rejects.toThrow('enough');
  expect(await run('echo well')).toContain('well');
});

test('takes a long script', async () => {
  const text = 'x'.repeat(300_000);
  expect(await run(`printf %s '${text}' | wc -c`)).toBe('300000\n[exit code 0]');
});

test('sees none of our keys', async () => {
  process.env['SWEMINT_API_KEY'] = 'sk-never-to-be-seen-0123';
  try {
    expect(await run('env; set; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"')).not.toContain(
      'sk-never',
    );
  } finally {
    delete process.env['SWEMINT_API_KEY'];
  }
});

test('goes on somewhere when even the repository was deleted', async () => {
  const other = openWorkbench({ sandbox, folder: `${base}/repo` });
  const say = async (command: string): Promise<string> =>
    (await bash.run({ command }, { bench: other, signal })).content;
  await say(`cd / && rm -rf ${base}/repo ${base} /tmp/.shell.*`);
  expect(await say('echo well')).toContain('well');
  await other[Symbol.asyncDispose]();
});
