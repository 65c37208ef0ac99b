// Runs tasks again: the bug must fail what it is said to fail, and the oracle must repair it.
import type { Limits } from '../../core/sandbox.ts';
import type { Task } from '../../core/schema/index.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import { checkTask } from '../../validation/check-task.ts';
import type { TaskCheck } from '../../validation/check-task.ts';
import { runSuite } from '../../validation/suite.ts';
import { openEnvironment, runLimits } from '../environment/open.ts';
import { countWorkers } from '../scale/workers.ts';

export interface VerifyOptions {
  config: ScaleConfig;
  /** Checks per task; all must hold. */
  repeat: number;
  /** Host folder of the built environment that a task belongs to. */
  locate: (task: Task) => Promise<string>;
}

/**
 * Checks tasks, which must come grouped by repository, several at once; results come in the order
 * in which they fall. Ends early, with what was checked, when asked to stop.
 */
export async function* verifyTasks(
  kit: Pick<Kit, 'sandbox' | 'emit' | 'signal' | 'stopping'>,
  tasks: AsyncIterable<Task>,
  options: VerifyOptions,
): AsyncGenerator<TaskCheck> {
  let group: Task[] = [];
  for await (const task of tasks) {
    const [first] = group;
    if (first && first.environment.digest !== task.environment.digest) {
      yield* verifyGroup(kit, group, options);
      group = [];
    }
    group.push(task);
  }
  if (group.length > 0) yield* verifyGroup(kit, group, options);
}

async function* verifyGroup(
  kit: Pick<Kit, 'sandbox' | 'emit' | 'signal' | 'stopping'>,
  tasks: readonly Task[],
  options: VerifyOptions,
): AsyncGenerator<TaskCheck> {
  const [first] = tasks;
  if (!first || kit.stopping.aborted) return;
  const base = await options.locate(first);
  const framework = await frameworks.load(first.environment.spec.test.framework);
  const open = () => openEnvironment(kit, options.config, first.environment, base);
  const limits = await measureLimits(kit, options, first, open);

  const queue = [...tasks];
  const worker = async (): Promise<TaskCheck[]> => {
    const checks: TaskCheck[] = [];
    await using sandbox = await open();
    const host = { sandbox, framework, spec: first.environment.spec };
    for (let task = queue.shift(); task && !kit.stopping.aborted; task = queue.shift()) {
      checks.push(
        await checkTask(host, task, { limits, repeat: options.repeat, signal: kit.signal }),
      );
      kit.emit({
        type: 'stage-progress',
        stage: 'validation',
        done: tasks.length - queue.length,
        total: tasks.length,
      });
    }
    return checks;
  };
  kit.emit({
    type: 'stage-start',
    stage: 'validation',
    repository: first.repository.name,
    total: tasks.length,
  });
  const workers = Math.min(await countWorkers(kit, options.config), tasks.length);
  const results = await Promise.all(Array.from({ length: workers }, worker));
  yield* results.flat();
}

/** One run of the clean suite tells how long a run may take here. */
async function measureLimits(
  kit: Pick<Kit, 'signal'>,
  { config }: VerifyOptions,
  task: Task,
  open: () => ReturnType<typeof openEnvironment>,
): Promise<Limits> {
  await using sandbox = await open();
  const framework = await frameworks.load(task.environment.spec.test.framework);
  const limits = { ...runLimits(config), timeoutMs: config.limits.baseline * 1000 };
  const run = await runSuite(
    { sandbox, framework, spec: task.environment.spec },
    { limits, signal: kit.signal },
  );
  const { timeoutFactor, timeoutFloor } = config.validation;
  const timeoutMs =
    config.timeout === null
      ? Math.max(timeoutFloor * 1000, timeoutFactor * run.wallMs)
      : config.timeout * 1000;
  return { ...limits, timeoutMs: Math.round(timeoutMs) };
}
