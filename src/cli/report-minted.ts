// How a minting command ends: the yield, where the data set is, and what to do next.
import { relative } from 'node:path';
import pc from 'picocolors';
import { readTasks } from '../export/read-tasks.ts';
import type { Minted } from './minting.ts';
import { renderReportTable } from './render-report.ts';
import { renderTask } from './render-task.ts';

/** Prints the end of a run; exit code 130 when the user stopped it. */
export async function reportMinted(
  minted: Minted,
  { json, showTask = false }: { json: boolean; showTask?: boolean },
): Promise<void> {
  const { folder, result, dataset } = minted;
  if (result.state === 'stopped') process.exitCode = 130;
  if (json) {
    const failures = result.failures.map(({ source, error }) => ({
      source: source.location,
      code: error.code,
      message: error.message,
      hint: error.hint,
    }));
    const document = {
      run: folder,
      state: result.state,
      failures,
      tasks: dataset?.tasks,
      files: dataset?.files,
      report: dataset?.report,
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const out = (text = ''): void => void process.stdout.write(`${text}\n`);
  const place = nearby(folder);
  if (!dataset) {
    out('Stopped; every verdict so far is saved. The same command continues.');
    return;
  }
  const width = process.stdout.columns ?? 100;
  out();
  out(renderReportTable(dataset.report, { width }));
  if (showTask && dataset.tasks > 0) out(renderTask(await pickTask(folder), { width }));
  out(`${pc.bold(`${dataset.tasks} tasks`)}  ${nearby(dataset.files.tasks)}`);
  out(
    pc.dim(
      `         ${nearby(dataset.files.sweSmith)}  ${nearby(dataset.files.sweBench)}  ${nearby(dataset.files.report)}`,
    ),
  );
  out();
  if (dataset.tasks > 0) {
    out(`Look at one:      swemint show ${place} 1`);
    out(`Check them again: swemint verify ${place}`);
  } else out('No candidate became a task; the report says why.');
}

/** Relative where that is shorter to read. */
function nearby(path: string): string {
  const near = relative(process.cwd(), path) || '.';
  return near.startsWith('..') ? path : near;
}

/** A task that shows well: few failing tests, and a statement with something to show. */
async function pickTask(folder: string) {
  let best;
  let bestScore = -Infinity;
  for await (const task of readTasks(folder)) {
    const tests = task.failToPass.length;
    const shown = task.statement.text.includes('```') ? 2 : 0;
    const score =
      shown - Math.abs(tests - 2) - Math.abs(task.bugPatch.split('\n').length - 14) / 10;
    if (score > bestScore) [best, bestScore] = [task, score];
  }
  if (!best) throw new Error(`${folder} has no task, though its report counts some.`);
  return best;
}
