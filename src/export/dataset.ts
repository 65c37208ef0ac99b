// Writes a finished run's files: the data set in three formats, and the report.
import type { Emit } from '../core/events.ts';
import type { ScaleConfig } from '../config/schema.ts';
import { openAtomicFile, writeAtomic } from '../lib/atomic-file.ts';
import { assembleTasks } from '../pipelines/scale/tasks.ts';
import { summariseRun } from '../pipelines/scale/summary.ts';
import { renderReportMarkdown } from '../stats/report-markdown.ts';
import type { Report } from '../stats/report.ts';
import type { Run } from '../store/run-folder.ts';
import { defaultExportOptions } from './exporter.ts';
import { exporters } from './registry.ts';

export interface Dataset {
  tasks: number;
  report: Report;
  /** Absolute paths. */
  files: { tasks: string; sweSmith: string; sweBench: string; report: string };
}

/** Every file is either whole or absent; the same ledger gives the same bytes. */
export async function writeDataset(run: Run, config: ScaleConfig, emit: Emit): Promise<Dataset> {
  const { paths } = run;
  emit({ type: 'stage-start', stage: 'tasks' });
  const options = { ...defaultExportOptions, createdAt: run.createdAt };
  const [smith, bench] = [await exporters.load('swe-smith'), await exporters.load('swe-bench')];
  await using tasksFile = await openAtomicFile(paths.tasks);
  await using smithFile = await openAtomicFile(paths.sweSmith);
  await using benchFile = await openAtomicFile(paths.sweBench);
  let tasks = 0;
  for await (const task of assembleTasks(run, config)) {
    tasks += 1;
    await tasksFile.write(`${JSON.stringify(task)}\n`);
    for (const { exporter, file } of [
      { exporter: smith, file: smithFile },
      { exporter: bench, file: benchFile },
    ]) {
      const row = exporter.render(task, options);
      if (!('unexportable' in row))
        await file.write(`${JSON.stringify(exporter.row.parse(row))}\n`);
      else
        emit({
          type: 'warning',
          code: 'not-exported',
          message: `${task.id} is not in the ${exporter.name} file: ${row.unexportable}`,
        });
    }
  }
  const report = await summariseRun(run);
  await writeAtomic(paths.reportJson, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeAtomic(paths.reportMarkdown, renderReportMarkdown(report));
  for (const file of [tasksFile, smithFile, benchFile]) await file.commit();
  emit({ type: 'stage-end', stage: 'tasks', detail: `${tasks} tasks written` });
  return {
    tasks,
    report,
    files: {
      tasks: paths.tasks,
      sweSmith: paths.sweSmith,
      sweBench: paths.sweBench,
      report: paths.reportMarkdown,
    },
  };
}
