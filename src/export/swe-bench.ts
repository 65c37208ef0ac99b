// SWE-bench's row: the classic fields that most tools read, and those that harness 5 requires.
import { z } from 'zod';
import { defineExporter } from './exporter.ts';
import { imageName } from './image-name.ts';
import { namesInLog } from './log-names.ts';

const commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const listInString = z
  .string()
  .refine((text) => z.array(z.string()).safeParse(JSON.parse(text)).success);

const row = z.strictObject({
  repo: z.string().min(1),
  instance_id: z.string().min(1),
  base_commit: commit,
  patch: z.string().min(1),
  test_patch: z.string(),
  problem_statement: z.string(),
  hints_text: z.string(),
  created_at: z.string(),
  version: z.string(),
  FAIL_TO_PASS: listInString,
  PASS_TO_PASS: listInString,
  environment_setup_commit: commit,
  image: z.string().min(1),
  eval_script: z.string().includes('>>>>> Start Test Output').includes('>>>>> End Test Output'),
  log_parser: z.string().startsWith('parse_log_'),
  eval_type: z.enum(['pass_and_fail', 'fail_only']),
  split: z.string(),
  datasets: z.array(z.string()),
  /** Ours: apply and commit it on `base_commit` to get the tree that `patch` repairs. */
  bug_patch: z.string().min(1),
});

export default defineExporter<z.infer<typeof row>>({
  name: 'swe-bench',
  summary: 'Rows as in SWE-bench, classic fields and those of harness 5: `patch` repairs the bug.',
  row,
  render(task, { createdAt, imagePrefix, dataset, split }) {
    const names = namesInLog(task);
    if (names.failToPass.length === 0) {
      return { unexportable: 'No failing test has a name of its own in the log.' };
    }
    return {
      repo: task.repository.name,
      instance_id: task.id,
      base_commit: task.repository.commit,
      patch: task.oraclePatch,
      test_patch: '',
      problem_statement: task.statement.text,
      hints_text: '',
      created_at: createdAt,
      version: task.repository.revision,
      FAIL_TO_PASS: JSON.stringify(names.failToPass),
      PASS_TO_PASS: JSON.stringify(names.passToPass),
      environment_setup_commit: task.repository.commit,
      image: `${imageName(imagePrefix, 'sweb.eval', task.id)}:latest`,
      eval_script: task.verifier.script,
      log_parser: task.verifier.logParser,
      eval_type: 'pass_and_fail',
      split,
      datasets: [dataset],
      bug_patch: task.bugPatch,
    };
  },
});
