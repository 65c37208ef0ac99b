// The contract of a format: one task in, one row out, checked against the format's own schema.
import type { z } from 'zod';
import type { Task } from '../core/schema/index.ts';

/** What a row needs that a task does not hold. */
export interface ExportOptions {
  /** ISO 8601. Given, not taken from the clock, so that the same run exports the same bytes. */
  createdAt: string;
  /** Registry account under which images are to be found, without a final slash. */
  imagePrefix: string;
  /** Name of the data set and of its part, for formats that state them. */
  dataset: string;
  split: string;
}

export const defaultExportOptions: Omit<ExportOptions, 'createdAt'> = {
  imagePrefix: 'swemint',
  dataset: 'swemint',
  split: 'train',
};

/** A task that a format cannot hold, and why, as one sentence. */
export interface Unexportable {
  unexportable: string;
}

export interface Exporter<Row extends object = object> {
  readonly name: string;
  readonly summary: string;
  /** The format's row, strict: a field that it does not know is a mistake. */
  readonly row: z.ZodType<Row>;
  render(task: Task, options: ExportOptions): Row | Unexportable;
}

/** Declares a format; the identity function that gives extension authors types. */
export function defineExporter<Row extends object>(exporter: Exporter<Row>): Exporter<Row> {
  return exporter;
}
