// `swemint stats`: a run's figures so far, finished or not.
import { summariseRun } from '../../pipelines/scale/summary.ts';
import { openRunForReading } from '../../store/run-folder.ts';
import { renderReportTable } from '../render-report.ts';

export async function statsCommand(location: string, { json }: { json?: boolean }): Promise<void> {
  await using run = await openRunForReading(location);
  const report = await summariseRun(run);
  process.stdout.write(
    json === true
      ? `${JSON.stringify(report)}\n`
      : renderReportTable(report, { width: process.stdout.columns ?? 100 }),
  );
}
