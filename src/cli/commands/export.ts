// `swemint export`: a run's tasks in another format.
import { exportTasks } from '../../export/export-tasks.ts';
import { readTasks } from '../../export/read-tasks.ts';
import { exporters } from '../../export/registry.ts';
import { openAtomicFile } from '../../lib/atomic-file.ts';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import { openRunForReading } from '../../store/run-folder.ts';

interface ExportFlags {
  format: string;
  out: string;
  json?: boolean;
}

export async function exportCommand(
  location: string,
  { format, out, json }: ExportFlags,
): Promise<void> {
  await exporters.load(format);
  await using run = await openRunForReading(location);
  const skipped: { task: string; reason: string }[] = [];
  let rows = 0;
  await using file = await openFile(out);
  const lines = exportTasks(readTasks(location), format, {
    createdAt: run.createdAt,
    onSkipped: (task, reason) => skipped.push({ task: task.id, reason }),
  });
  for await (const line of lines) {
    await file.write(`${line}\n`);
    rows += 1;
  }
  await file.commit();
  for (const { task, reason } of skipped)
    process.stderr.write(`! ${task} is left out: ${reason}\n`);
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ format, rows, skipped, file: out })}\n`
      : `${rows} rows written to ${out}\n`,
  );
}

async function openFile(path: string) {
  try {
    return await openAtomicFile(path);
  } catch (error) {
    throw new SwemintError(
      'no-write-permission',
      `${path} cannot be written: ${errorMessage(error)}.`,
      {
        hint: 'Choose a file in a folder that exists and that you may write to with --out.',
        cause: error,
      },
    );
  }
}
