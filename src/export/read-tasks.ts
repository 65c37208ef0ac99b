// Reads tasks back: from a run's folder or from a tasks.jsonl, line by line.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { SwemintError, errorMessage } from '../core/errors.ts';
import { task } from '../core/schema/index.ts';
import type { Task } from '../core/schema/index.ts';
import { runPaths } from '../store/run-folder.ts';

/** Throws `SwemintError`: `no-tasks` when there is no such file, `bad-tasks` with the line number. */
export async function* readTasks(location: string): AsyncGenerator<Task> {
  const file = await findFile(location);
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Infinity,
  })) {
    number += 1;
    if (line.trim() !== '') yield parseLine(line, file, number);
  }
}

async function findFile(location: string): Promise<string> {
  const found = await stat(location).catch(() => undefined);
  if (found?.isFile()) return location;
  const { tasks } = runPaths(location);
  const inside = found?.isDirectory() ? await stat(tasks).catch(() => undefined) : undefined;
  if (inside?.isFile()) return tasks;
  throw new SwemintError(
    'no-tasks',
    found ? `${location} has no tasks.jsonl.` : `${location} does not exist.`,
    {
      hint: found
        ? 'A run writes its tasks when it comes to its end: start its `swemint scale` command again.'
        : 'Give the folder that `swemint scale --out` made, or a tasks.jsonl.',
    },
  );
}

function parseLine(line: string, file: string, number: number): Task {
  try {
    return task.parse(JSON.parse(line));
  } catch (error) {
    throw new SwemintError(
      'bad-tasks',
      `Line ${number} of ${file} is not a task of swemint: ${errorMessage(error).split('\n')[0]}.`,
      {
        hint: 'Use the tasks.jsonl that swemint wrote; `swemint export` makes the other formats.',
        cause: error,
      },
    );
  }
}
