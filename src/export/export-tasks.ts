// Turns tasks into the lines of a foreign format, one at a time, each checked against the format's schema.
import type { Task } from '../core/schema/index.ts';
import type { ExportOptions } from './exporter.ts';
import { defaultExportOptions } from './exporter.ts';
import { exporters } from './registry.ts';

export interface ExportRequest extends Partial<ExportOptions> {
  createdAt: string;
  /** Told of each task that the format cannot hold. */
  onSkipped?: (task: Task, reason: string) => void;
}

/**
 * Lines of JSON without their newline, in the order of the tasks. `format` is a name or the path of a
 * module. Throws `SwemintError('unknown-format')` with the choices; a row that does not fit its own
 * format is a bug and throws what the schema says.
 */
export async function* exportTasks(
  tasks: AsyncIterable<Task> | Iterable<Task>,
  format: string,
  { onSkipped, ...given }: ExportRequest,
): AsyncGenerator<string> {
  const exporter = await exporters.load(format);
  const options: ExportOptions = { ...defaultExportOptions, ...given };
  for await (const task of tasks) {
    const row = exporter.render(task, options);
    if ('unexportable' in row) onSkipped?.(task, row.unexportable);
    else yield JSON.stringify(exporter.row.parse(row));
  }
}
