import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Task } from '../core/schema/index.ts';
import { createRandom } from '../core/random.ts';
import { runCommandLine, startCommandLine } from '../testing/command-line.ts';
import { tinyPythonProject, writeProject } from '../testing/tiny-projects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-scale-'));
  await writeProject(join(folder, 'shelf'), tinyPythonProject);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Everything of a data set but what a clock or a machine's load decides. */
async function timeless(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  return text
    .replaceAll(/"(wallMs|cpuMs)":(?:[\d.e-]+|null)/g, '"$1":0')
    .replaceAll(/"created_at":"[^"]*"/g, '"created_at":""');
}

const flags = [
  '--mutator',
  'func_pm_op_change,func_pm_remove_cond,func_pm_op_swap,func_pm_flip_operators',
];
const quick = ['--set', 'audit.minimum=4', '--baseline-runs', '2'];

test('fast and full mode mint the same tasks, whose labels hold when they are run again', async () => {
  const labels = async (out: string) => {
    const text = await readFile(join(folder, out, 'tasks.jsonl'), 'utf8');
    const tasks = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Task);
    return tasks.map(({ id, failToPass, passToPass }) => [
      id,
      failToPass.map((one) => one.id),
      passToPass,
    ]);
  };
  for (const mode of ['fast', 'full']) {
    const result = await runCommandLine(
      [
        'scale',
        'shelf',
        '--out',
        mode,
        '--mode',
        mode,
        '--set',
        'validation.hubShare=1',
        ...flags,
        ...quick,
        '--json',
      ],
      folder,
    );
    expect([result.exitCode, result.stderr]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(result.stdout)).toMatchObject({ state: 'finished', failures: [] });
  }
  const fast = await labels('fast');
  expect(fast.length).toBeGreaterThan(5);
  expect(await labels('full')).toEqual(fast);

  const verified = await runCommandLine(['verify', 'full', '--sample', '3', '--json'], folder);
  expect(JSON.parse(verified.stdout)).toEqual({ checked: 3, hold: 3, failed: [], skipped: 0 });

  // Only the record: the source is checked out and installed again.
  const elsewhere = await runCommandLine(
    ['verify', 'fast/tasks.jsonl', '--repo', 'shelf', '--sample', '2', '--json'],
    folder,
  );
  expect(JSON.parse(elsewhere.stdout)).toMatchObject({ checked: 2, hold: 2 });
});

test('a task whose labels do not hold is found out', async () => {
  await runCommandLine(
    [
      'scale',
      'shelf',
      '--out',
      'run',
      '--mode',
      'full',
      '--max-candidates',
      '3',
      ...flags,
      ...quick,
    ],
    folder,
  );
  const file = join(folder, 'run', 'tasks.jsonl');
  const [first = '{}'] = (await readFile(file, 'utf8')).split('\n');
  const task = JSON.parse(first) as Task;
  const [wrong, ...rest] = task.passToPass;
  const forged = {
    ...task,
    passToPass: rest,
    failToPass: [...task.failToPass, { id: wrong, kind: 'error' }],
  };
  await writeFile(file, `${JSON.stringify(forged)}\n`);
  const result = await runCommandLine(['verify', 'run', '--json'], folder);
  expect(result.exitCode).toBe(1);
  expect(JSON.parse(result.stdout)).toMatchObject({
    checked: 1,
    hold: 0,
    failed: [{ taskId: task.id, problems: [expect.stringContaining(String(wrong))] }],
  });
});

test('killed at twenty random moments, a run ends with the data of one that was left alone', async () => {
  const args = (out: string) => [
    'scale',
    'shelf',
    '--out',
    out,
    '--workers',
    '2',
    ...flags,
    ...quick,
  ];
  const started = performance.now();
  expect(await runCommandLine(args('calm'), folder)).toMatchObject({ exitCode: 0 });
  const calmMs = performance.now() - started;

  const random = createRandom('kill', 24);
  for (let kill = 0; kill < 20; kill += 1) {
    const { child, result } = startCommandLine(args('killed'), folder);
    // Early and late in a start alike, so that every stage is hit.
    const timer = setTimeout(() => child.kill('SIGKILL'), random.next() * calmMs * 0.6);
    await result;
    clearTimeout(timer);
  }
  expect(await runCommandLine(args('killed'), folder)).toMatchObject({ exitCode: 0 });

  for (const name of ['tasks.jsonl', 'swe-smith.jsonl', 'swe-bench.jsonl']) {
    const digest = async (out: string) =>
      createHash('sha256')
        .update(await timeless(join(folder, out, name)))
        .digest('hex');
    expect([name, await digest('killed')]).toEqual([name, await digest('calm')]);
  }
  const leftovers = (await readdir(join(folder, 'killed'))).filter((name) =>
    name.endsWith('.partial'),
  );
  expect(leftovers.length).toBeLessThanOrEqual(3);
});

test('Ctrl-C once finishes what is running and saves; the same command continues', async () => {
  const args = ['scale', 'shelf', '--out', 'stopped', '--mode', 'full', ...flags, ...quick];
  const { child, result } = startCommandLine(args, folder);
  let seen = '';
  let sent = false;
  child.stderr?.on('data', (text: string) => {
    seen += text;
    if (!sent && seen.includes('validating shelf')) {
      sent = true;
      child.kill('SIGINT');
    }
  });
  const stopped = await result;
  expect(stopped.exitCode).toBe(130);
  expect(stopped.stderr.match(/Finishing what is running/g)).toHaveLength(1);
  expect(stopped.stdout).toMatch(/Stopped; every verdict so far is saved/);
  expect(await readdir(join(folder, 'stopped'))).not.toContain('tasks.jsonl');
  const continued = await runCommandLine(args, folder);
  expect(continued).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/tasks written/) });
});
