// Edit, search, patch, reset and the agents without a model, over a real repository in a real sandbox.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Tool, Workbench } from '../../core/agent.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import { sandboxes } from '../../sandbox/registry.ts';
import { agents } from '../agents/registry.ts';
import { recordBaseline } from '../baseline.ts';
import { readPatch } from '../read-patch.ts';
import { type CallOutcome, runCall } from '../run-call.ts';
import { collectTrajectory } from '../trajectory.ts';
import { openWorkbench } from '../workbench.ts';
import { agentTools } from './registry.ts';

let base: string;
let repo: string;
let sandbox: Sandbox;
let bench: Workbench;
let tools: Tool[];

beforeEach(async () => {
  tools = await agentTools.loadAll();
  base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-tools-')));
  repo = join(base, 'repo');
  await mkdir(join(repo, 'src'), { recursive: true });
  await mkdir(join(repo, 'tests'));
  await mkdir(join(repo, 'node_modules/dep'), { recursive: true });
  await writeFile(
    join(repo, 'src/add.py'),
    'def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n',
  );
  await writeFile(join(repo, 'src/windows.txt'), 'one\r\ntwo\r\nthree');
  await writeFile(join(repo, 'src/app.ts'), 'export const answer = 42;\n');
  await writeFile(join(repo, 'tests/test_add.py'), 'assert True\n');
  await writeFile(join(repo, 'node_modules/dep/index.js'), 'answer\n');
  await writeFile(join(repo, 'image.bin'), Buffer.from([0, 1, 2, 255]));
  await writeFile(join(repo, 'latin.txt'), Buffer.from([0xe4, 0x0a]));
  await writeFile(join(repo, '.gitignore'), 'node_modules\nbuilt\n');
  await symlink('/etc/passwd', join(repo, 'leak'));
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@t'];
    execFileSync('git', [...who, ...args], { cwd: repo });
  };
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  const provider = await sandboxes.load('local');
  const env = { PATH: process.env['PATH'] ?? '' };
  sandbox = await provider.open({ base, access: 'copy-on-write', network: false, env });
  const isTest = (path: string): boolean => path.startsWith('tests/');
  const baseline = await recordBaseline(sandbox, repo, isTest);
  bench = openWorkbench({ sandbox, folder: repo, baseline });
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

async function call(tool: string, input: object): Promise<CallOutcome['action']> {
  const scene = { tools, bench, timeoutMs: 60_000, observationLimit: 16_000 };
  const { signal } = new AbortController();
  const written = { callId: 'x', tool, arguments: JSON.stringify(input), parsed: { input } };
  return (await runCall(written, { ...scene, signal })).action;
}
const shown = async (tool: string, input: object): Promise<string> =>
  (await call(tool, input)).observation;
const text = async (path: string): Promise<string> =>
  new TextDecoder().decode(await sandbox.read(path));

test('edit views files, ranges and folders', async () => {
  expect(await shown('edit', { command: 'view', path: 'src/add.py' })).toContain(
    '     2\t    return a - b',
  );
  const range = await shown('edit', { command: 'view', path: 'src/add.py', view_range: [5, -1] });
  expect(range).toBe('     5\tdef sub(a, b):\n     6\t    return a - b');
  const folder = await shown('edit', { command: 'view', path: '.' });
  expect(folder).toContain('src/\nsrc/add.py');
  expect(folder).not.toContain('.git');
  for (const view_range of [
    [0, 2],
    [3, 2],
    [99, 100],
  ]) {
    expect((await call('edit', { command: 'view', path: 'src/add.py', view_range })).status).toBe(
      'failed',
    );
  }
  expect(await shown('edit', { command: 'view', path: 'image.bin' })).toContain('not a text file');
  expect(await shown('edit', { command: 'view', path: 'none.py' })).toContain('There is no file');
});

test('edit replaces only what stands exactly once', async () => {
  const path = 'src/add.py';
  const twice = await call('edit', {
    command: 'str_replace',
    path,
    old_str: 'return a - b',
    new_str: 'x',
  });
  expect(twice).toMatchObject({ status: 'failed' });
  expect(twice.observation).toContain('lines 2, 6');
  const spaced = await shown('edit', {
    command: 'str_replace',
    path,
    old_str: 'def add(a,b):\n  return a - b',
    new_str: 'x',
  });
  expect(spaced).toContain('From line 1 on');
  const old_str = 'def add(a, b):\n    return a - b';
  const good = await call('edit', {
    command: 'str_replace',
    path,
    old_str,
    new_str: 'def add(a, b):\n    return a + b',
  });
  expect(good.observation).toContain('     2\t    return a + b');
  expect(await text(`${repo}/${path}`)).toContain('return a + b');
});

test('edit keeps line ends and the missing final newline', async () => {
  const path = 'src/windows.txt';
  await call('edit', { command: 'str_replace', path, old_str: 'one\ntwo', new_str: 'eins\nzwei' });
  expect(await text(`${repo}/${path}`)).toBe('eins\r\nzwei\r\nthree');
  await call('edit', { command: 'insert', path, insert_line: 3, new_str: 'four\n' });
  expect(await text(`${repo}/${path}`)).toBe('eins\r\nzwei\r\nthree\r\nfour');
  await call('edit', { command: 'insert', path, insert_line: 0, new_str: 'null' });
  expect(await text(`${repo}/${path}`)).toBe('null\r\neins\r\nzwei\r\nthree\r\nfour');
  expect(
    (await call('edit', { command: 'insert', path, insert_line: 9, new_str: 'x' })).status,
  ).toBe('failed');
});

test('edit takes changes back one by one, but never over the work of others', async () => {
  const path = 'src/add.py';
  const before = await text(`${repo}/${path}`);
  await call('edit', { command: 'insert', path, insert_line: 0, new_str: '# one' });
  await call('edit', { command: 'insert', path, insert_line: 0, new_str: '# two' });
  await call('edit', { command: 'undo_edit', path });
  expect(await text(`${repo}/${path}`)).toBe(`# one\n${before}`);
  await call('bash', { command: `echo more >>${path}` });
  expect(await shown('edit', { command: 'undo_edit', path })).toContain('has changed since');
  await call('edit', { command: 'create', path: 'new/deep/file.txt', file_text: 'x' });
  expect(
    (await call('edit', { command: 'create', path: 'new/deep/file.txt', file_text: 'y' })).status,
  ).toBe('failed');
  await call('edit', { command: 'undo_edit', path: 'new/deep/file.txt' });
  expect(await shown('edit', { command: 'view', path: 'new/deep/file.txt' })).toContain('no file');
});

test('edit leaves files alone that it would damage, and what lies outside', async () => {
  expect(
    (await call('edit', { command: 'insert', path: 'latin.txt', insert_line: 0, new_str: 'x' }))
      .observation,
  ).toContain('not UTF-8');
  for (const path of ['leak', '../../../../etc/passwd', '/etc/passwd']) {
    const seen = await call('edit', { command: 'view', path });
    expect(seen.observation).not.toContain('root:');
    expect(seen.status).toBe('failed');
    const file_text = 'owned';
    expect((await call('edit', { command: 'create', path, file_text })).status).toBe('failed');
  }
});

test('edit does not read what has no end', async () => {
  await call('bash', { command: 'truncate -s 100G big; mkfifo pipe; ln -s /dev/zero zero' });
  for (const path of ['big', 'pipe', 'zero', 'src']) {
    const seen = await call('edit', { command: 'insert', path, insert_line: 0, new_str: 'x' });
    expect(seen.status).toBe('failed');
    expect(seen.observation).toMatch(/too large|not a file/);
  }
});

test('search finds every language, by lines, without dependencies', async () => {
  expect(await shown('search', { search_term: 'answer' })).toBe(
    'src/app.ts:1: export const answer = 42;',
  );
  expect(await shown('search', { search_term: 'return a - b', path: 'src/add.py' })).toBe(
    'src/add.py:2: return a - b\nsrc/add.py:6: return a - b',
  );
  expect(
    await shown('search', { search_term: 'def (add|sub)', regex: true, include: '*.py' }),
  ).toContain('src/add.py:5:');
  expect(await shown('search', { search_term: 'nowhere to be found' })).toContain('Nothing holds');
  expect(await call('search', { search_term: '(', regex: true })).toMatchObject({
    status: 'failed',
  });
  expect(await call('search', { search_term: 'x', path: 'none' })).toMatchObject({
    status: 'failed',
  });
  await call('bash', { command: 'for i in $(seq 300); do echo "needle $i" >"f$i.c"; done' });
  const many = await shown('search', { search_term: 'needle' });
  expect(many).toContain('hits in 200 more files');
});

test('patch shows new, changed, deleted and committed work, without tests', async () => {
  expect(await shown('patch', {})).toBe('Nothing has changed.');
  await call('bash', {
    command: `sed -i 's/a - b/a + b/' src/add.py; echo new >'ä b.txt'; echo x >>tests/test_add.py; rm src/app.ts
      git config core.hooksPath /tmp; git -c user.name=a -c user.email=a@a commit -qam mine; mkdir built; echo y >built/out`,
  });
  const { commit } = bench.baseline ?? { commit: '' };
  const patch = await readPatch(bench.sandbox, {
    folder: repo,
    commit,
    isExcluded: bench.baseline!.isExcluded,
  });
  expect(patch).toContain('+    return a + b');
  expect(patch).toContain('+new');
  expect(patch).toContain('deleted file mode');
  expect(patch).not.toContain('tests/');
  expect(patch).not.toContain('built');
  expect(await shown('patch', {})).toContain('+    return a + b');
  await call('reset', {});
  expect(await shown('patch', {})).toBe('Nothing has changed.');
  expect(await text(`${repo}/src/app.ts`)).toContain('42');
  expect(await text(`${repo}/built/out`)).toBe('y\n');
});

test('a destroyed history is told, not thrown', async () => {
  await call('bash', { command: 'rm -rf .git' });
  expect(await call('patch', {})).toMatchObject({ status: 'failed' });
  expect(await call('reset', {})).toMatchObject({ status: 'failed' });
});

test('rm -rf / stays in the sandbox', async () => {
  const { observation } = await call('bash', {
    command: 'rm -rf --no-preserve-root / 2>/dev/null; echo survived',
    timeout: 3,
  });
  expect(observation).toBeTruthy();
  expect(execFileSync('git', ['status', '--short'], { cwd: repo }).toString()).toBe('');
});

test('the oracle applies the known fix, the idle agent does nothing', async () => {
  const { isExcluded = () => false } = bench.baseline ?? {};
  await call('bash', { command: `sed -i '2s/-/+/' src/add.py` });
  const oraclePatch = await shown('patch', {});
  await call('reset', {});
  const kept = collectTrajectory();
  const work = { tools: [], bench, messages: [{ role: 'user' as const, content: 'fix' }] };
  const idle = await (await agents.load('idle')).run(work);
  expect(idle.outcome).toBe('finished');
  expect(await shown('patch', {})).toBe('Nothing has changed.');
  const oracle = await agents.load('oracle');
  expect(
    await oracle.run({ ...work, oraclePatch: `${oraclePatch}\n`, save: kept.save }),
  ).toMatchObject({ outcome: 'finished' });
  expect(await shown('patch', {})).toContain('return a + b');
  expect(kept.read().end?.outcome).toBe('finished');
  expect(isExcluded('tests/x')).toBe(true);
  expect(await oracle.run({ ...work, oraclePatch: 'nonsense' })).toMatchObject({
    outcome: 'error',
  });
});
