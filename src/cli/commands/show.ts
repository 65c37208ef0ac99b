// `swemint show`: the tasks of a run as a list, or one as a person wants to see it.
import { SwemintError } from '../../core/errors.ts';
import type { Task } from '../../core/schema/index.ts';
import { readTasks } from '../../export/read-tasks.ts';
import { renderTable } from '../render-table.ts';
import { renderTask } from '../render-task.ts';

export async function showCommand(
  run: string,
  wanted: string | undefined,
  { json }: { json?: boolean },
): Promise<void> {
  if (wanted === undefined) return list(run, json === true);
  const task = await find(run, wanted);
  process.stdout.write(
    json === true
      ? `${JSON.stringify(task)}\n`
      : renderTask(task, { width: process.stdout.columns ?? 100 }),
  );
}

async function list(run: string, json: boolean): Promise<void> {
  const rows = [];
  for await (const task of readTasks(run)) {
    rows.push({
      '#': rows.length + 1,
      task: task.id,
      'fail to pass': task.failToPass.length,
      'pass to pass': task.passToPass.length,
      where: `${task.provenance.entity.path}:${task.provenance.entity.startLine} ${task.provenance.entity.name}`,
    });
  }
  process.stdout.write(json ? `${JSON.stringify({ tasks: rows })}\n` : renderTable(rows));
  if (!json && rows.length === 0) process.stdout.write('This run has no tasks.\n');
}

/** By id, by the end of an id, or by number in the list. */
async function find(run: string, wanted: string): Promise<Task> {
  const number = /^\d{1,6}$/.test(wanted) ? Number(wanted) : undefined;
  const matches: Task[] = [];
  let position = 0;
  for await (const task of readTasks(run)) {
    position += 1;
    if (task.id === wanted || position === number) return task;
    if (task.id.endsWith(wanted)) matches.push(task);
  }
  const [match, second] = matches;
  if (match && !second) return match;
  throw new SwemintError(
    'no-such-task',
    second
      ? `"${wanted}" fits ${matches.length} tasks.`
      : `There is no task "${wanted}" in ${run}.`,
    { hint: `\`swemint show ${run}\` lists the tasks with their numbers.` },
  );
}
