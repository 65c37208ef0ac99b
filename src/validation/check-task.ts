// Checks one finished task from the outside: only its record and a clean tree are believed.
import type { Limits, Sandbox } from '../core/sandbox.ts';
import type { SuiteRun, Task } from '../core/schema/index.ts';
import { applyPatch, patchedFiles } from '../lib/diff.ts';
import { layout, runSuite } from './suite.ts';
import type { SuiteHost } from './suite.ts';

export interface TaskCheck {
  taskId: string;
  holds: boolean;
  /** One sentence each; empty when the task holds. */
  problems: string[];
}

export interface CheckOptions {
  limits: Limits;
  repeat: number;
  signal: AbortSignal;
}

/** Runs the suite with the bug and with the oracle's fix, `repeat` times each. */
export async function checkTask(
  host: SuiteHost,
  task: Task,
  options: CheckOptions,
): Promise<TaskCheck> {
  const problems = new Set<string>();
  for (let round = 0; round < options.repeat && problems.size === 0; round += 1) {
    await host.sandbox.restore();
    if (!(await patchTree(host.sandbox, task.bugPatch))) {
      problems.add('The bug patch does not apply to the clean copy.');
      break;
    }
    const run = () => runSuite(host, { limits: options.limits, signal: options.signal });
    for (const problem of compareBuggy(task, await run())) problems.add(problem);

    await host.sandbox.restore();
    await patchTree(host.sandbox, task.bugPatch);
    if (!(await patchTree(host.sandbox, task.oraclePatch))) {
      problems.add('The oracle patch does not apply on top of the bug.');
      break;
    }
    for (const problem of compareRepaired(task, await run())) problems.add(problem);
  }
  return { taskId: task.id, holds: problems.size === 0, problems: [...problems] };
}

function compareBuggy(task: Task, run: SuiteRun): string[] {
  const passed = passedIn(run);
  const wronglyPassing = task.failToPass.map(({ id }) => id).filter((id) => passed.has(id));
  const broken = task.passToPass.filter((id) => !passed.has(id));
  return [
    ...describe(wronglyPassing, 'should fail under the bug but', 'passes', 'pass'),
    ...describe(broken, 'should pass under the bug but', 'does not', 'do not'),
  ];
}

function compareRepaired(task: Task, run: SuiteRun): string[] {
  const passed = passedIn(run);
  const failing = [...task.failToPass.map(({ id }) => id), ...task.passToPass].filter(
    (id) => !passed.has(id),
  );
  return describe(
    failing,
    'should pass once the oracle patch is applied but',
    'does not',
    'do not',
  );
}

const passedIn = (run: SuiteRun): Set<string> =>
  new Set(run.results.filter(({ status }) => status === 'passed').map(({ id }) => id));

function describe(ids: readonly string[], should: string, one: string, many: string): string[] {
  const [first] = ids;
  if (first === undefined) return [];
  return [
    ids.length === 1
      ? `${first} ${should} ${one}.`
      : `${ids.length} tests ${should} ${many}, e.g. ${first}.`,
  ];
}

async function patchTree(sandbox: Sandbox, patch: string): Promise<boolean> {
  for (const path of patchedFiles(patch)) {
    const inside = `${layout.repository}/${path}`;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await sandbox.read(inside));
    const patched = applyPatch(text, patch, path);
    if (patched === undefined) return false;
    await sandbox.write(inside, patched);
  }
  return true;
}
