import { expect, describe, it } from 'vitest';
import { task as taskSchema } from '../core/schema/index.ts';
import type { Task } from '../core/schema/index.ts';
import { sampleTask } from '../testing/sample-task.ts';
import { exportTasks } from './export-tasks.ts';
import { exporters } from './registry.ts';

const createdAt = '2026-01-02T03:04:05Z';

async function rows(format: string, tasks: Task[], skipped: string[] = []) {
  const lines: string[] = [];
  const onSkipped = (task: Task, reason: string) => skipped.push(`${task.id}: ${reason}`);
  for await (const line of exportTasks(tasks, format, { createdAt, onSkipped })) lines.push(line);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('exportTasks', () => {
  it('writes SWE-smith rows, whose patch is the bug', async () => {
    const [row] = await rows('swe-smith', [sampleTask()]);
    const { patch, ...rest } = row ?? {};
    expect(patch).toBe(sampleTask().bugPatch);
    expect(rest).toMatchInlineSnapshot(`
      {
        "FAIL_TO_PASS": [
          "tests/test_money.py::SplitTest::test_no_cent_is_lost",
          "tests/test_money.py::SplitTest::test_largest_remainder_first",
        ],
        "PASS_TO_PASS": [
          "tests/test_money.py::FormatTest::test_groups_thousands",
        ],
        "base_commit": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
        "created_at": "2026-01-02T03:04:05Z",
        "image_name": "swemint/swesmith.x86_64.ledgerline.1a2b3c4d",
        "instance_id": "ledgerline.1a2b3c4d.func_pm_op_swap__0a1b2c3d",
        "problem_statement": "\`Money.split\` in \`ledgerline/money.py\` does not give the right result.",
        "repo": "ledgerline",
        "version": "1.2.0",
      }
    `);
  });

  it('writes SWE-bench rows, whose patch is the fix', async () => {
    const [row] = await rows('swe-bench', [sampleTask()]);
    const { patch, bug_patch, eval_script, ...rest } = row ?? {};
    expect(patch).toBe(sampleTask().oraclePatch);
    expect(bug_patch).toBe(sampleTask().bugPatch);
    expect(eval_script).toBe(sampleTask().verifier.script);
    expect(rest).toMatchInlineSnapshot(`
      {
        "FAIL_TO_PASS": "["tests/test_money.py::SplitTest::test_no_cent_is_lost","tests/test_money.py::SplitTest::test_largest_remainder_first"]",
        "PASS_TO_PASS": "["tests/test_money.py::FormatTest::test_groups_thousands"]",
        "base_commit": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
        "created_at": "2026-01-02T03:04:05Z",
        "datasets": [
          "swemint",
        ],
        "environment_setup_commit": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
        "eval_type": "pass_and_fail",
        "hints_text": "",
        "image": "swemint/sweb.eval.x86_64.ledgerline.1a2b3c4d.func_pm_op_swap_1776_0a1b2c3d:latest",
        "instance_id": "ledgerline.1a2b3c4d.func_pm_op_swap__0a1b2c3d",
        "log_parser": "parse_log_pytest",
        "problem_statement": "\`Money.split\` in \`ledgerline/money.py\` does not give the right result.",
        "repo": "ledgerline",
        "split": "train",
        "test_patch": "",
        "version": "1.2.0",
      }
    `);
  });

  it('writes our own record without loss', async () => {
    const [row] = await rows('jsonl', [sampleTask()]);
    expect(taskSchema.parse(row)).toEqual(sampleTask());
  });

  it('keeps the order of the tasks and gives the same bytes each time', async () => {
    const tasks = ['a', 'b', 'c'].map((id) => sampleTask({ id }));
    const first = await rows('swe-bench', tasks);
    expect(first.map((row) => row['instance_id'])).toEqual(['a', 'b', 'c']);
    expect(JSON.stringify(await rows('swe-bench', tasks))).toBe(JSON.stringify(first));
  });

  it('takes image names, data set and split from the options', async () => {
    const options = { createdAt, imagePrefix: 'ghcr.io/Me', dataset: 'mine', split: 'test' };
    const task = sampleTask({ id: 'Owner__Repo.12345678.func_pm_op_swap__0a1b2c3d' });
    const [line = ''] = await Array.fromAsync(exportTasks([task], 'swe-bench', options));
    expect(JSON.parse(line)).toMatchObject({
      image:
        'ghcr.io/me/sweb.eval.x86_64.owner_1776_repo.12345678.func_pm_op_swap_1776_0a1b2c3d:latest',
      datasets: ['mine'],
      split: 'test',
    });
  });

  it('leaves out tasks that could never be graded, and says so', async () => {
    const task = sampleTask({
      failToPass: [{ id: 'a.test.js::first > adds', kind: 'assertion' }],
      passToPass: ['a.test.js::second > adds'],
    });
    task.environment.spec.test.framework = 'jest';
    const skipped: string[] = [];
    expect(await rows('swe-bench', [task, sampleTask({ id: 'b' })], skipped)).toHaveLength(1);
    expect(skipped).toEqual([`${task.id}: No failing test has a name of its own in the log.`]);
    expect(await rows('jsonl', [task])).toHaveLength(1);
  });

  it('refuses a row that does not fit its format', async () => {
    const task = sampleTask();
    task.repository.commit = 'HEAD';
    await expect(rows('swe-bench', [task])).rejects.toThrow(/base_commit/);
    task.repository.commit = sampleTask().repository.commit;
    task.verifier.script = 'pytest';
    await expect(rows('swe-bench', [task])).rejects.toThrow(/eval_script/);
  });

  it('lists the formats when asked for one that is not there', async () => {
    await expect(rows('harbour', [])).rejects.toMatchObject({
      code: 'unknown-format',
      hint: 'Choose from: jsonl, swe-bench, swe-smith.',
    });
  });

  it('has formats whose names are those of the registry', async () => {
    const names = (await exporters.loadAll()).map(({ name }) => name);
    expect(names).toEqual([...exporters.names]);
  });
});
