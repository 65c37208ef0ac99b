// swemint's own record, one task a line: nothing is lost, and `swemint verify` reads it back.
import { task } from '../core/schema/index.ts';
import { defineExporter } from './exporter.ts';

export default defineExporter({
  name: 'jsonl',
  summary: "swemint's own record, complete.",
  row: task,
  render: (record) => record,
});
