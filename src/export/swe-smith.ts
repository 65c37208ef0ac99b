// SWE-smith's row (2504.21798): `patch` is the bug; the fix is its reverse.
import { z } from 'zod';
import { defineExporter } from './exporter.ts';
import { imageName } from './image-name.ts';
import { namesInLog } from './log-names.ts';

const row = z.strictObject({
  instance_id: z.string().min(1),
  repo: z.string().min(1),
  base_commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  patch: z.string().min(1),
  problem_statement: z.string(),
  FAIL_TO_PASS: z.array(z.string()).min(1),
  PASS_TO_PASS: z.array(z.string()),
  image_name: z.string().min(1),
  created_at: z.string(),
  version: z.string(),
});

export default defineExporter<z.infer<typeof row>>({
  name: 'swe-smith',
  summary: 'Rows as in SWE-bench/SWE-smith: `patch` introduces the bug.',
  row,
  render(task, { createdAt, imagePrefix }) {
    const names = namesInLog(task);
    if (names.failToPass.length === 0) {
      return { unexportable: 'No failing test has a name of its own in the log.' };
    }
    return {
      instance_id: task.id,
      repo: task.repository.name,
      base_commit: task.repository.commit,
      patch: task.bugPatch,
      problem_statement: task.statement.text,
      FAIL_TO_PASS: names.failToPass,
      PASS_TO_PASS: names.passToPass,
      image_name: imageName(imagePrefix, 'swesmith', task.repository.id),
      created_at: createdAt,
      version: task.repository.revision,
    };
  },
});
