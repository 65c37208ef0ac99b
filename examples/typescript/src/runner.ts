// Runs a task and everything it needs, several at once, each as soon as it can.
import { FixedBackoff, retry } from './retry.ts';
import type { TaskDefinition, Taskfile } from './taskfile.ts';
import { expand } from './variables.ts';

export type Status = 'done' | 'failed' | 'skipped' | 'fresh';

export interface TaskResult {
  name: string;
  status: Status;
  attempts: number;
  milliseconds: number;
  message?: string;
}

export interface RunnerOptions {
  /** Runs one command; rejects when it fails. */
  execute: (command: string, task: string) => Promise<void>;
  concurrency?: number;
  variables?: Readonly<Record<string, string>>;
  /** Whether a task's inputs are unchanged, so that it need not run. */
  isFresh?: (task: TaskDefinition) => boolean;
  now?: () => number;
  sleep?: (milliseconds: number) => Promise<void>;
}

const defaultSleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One task file, ready to run. */
export class Runner {
  readonly #file: Taskfile;
  readonly #options: RunnerOptions;
  readonly #limit: number;

  constructor(file: Taskfile, options: RunnerOptions) {
    const limit = options.concurrency ?? 1;
    if (limit < 1) throw new RangeError('concurrency must be at least 1');
    this.#file = file;
    this.#options = options;
    this.#limit = limit;
  }

  /** Results in the order in which tasks ended. A task whose need failed is skipped, unless that need is optional. */
  async run(...roots: string[]): Promise<TaskResult[]> {
    const waiting = [...this.#file.graph.order(roots)];
    const finished = new Map<string, TaskResult>();
    const running = new Map<string, Promise<void>>();
    while (waiting.length > 0 || running.size > 0) {
      let started = false;
      for (const name of [...waiting]) {
        const task = this.#file.tasks.get(name)!;
        if (task.needs.some((need) => !finished.has(need))) continue;
        const blocker = task.needs.find((need) => this.#blocks(finished.get(need)!));
        if (blocker !== undefined) {
          waiting.splice(waiting.indexOf(name), 1);
          finished.set(name, {
            name,
            status: 'skipped',
            attempts: 0,
            milliseconds: 0,
            message: `${blocker} did not succeed`,
          });
          started = true;
          continue;
        }
        if (running.size >= this.#limit) break;
        waiting.splice(waiting.indexOf(name), 1);
        const work = this.#perform(task, finished).then((result) => {
          finished.set(name, result);
          running.delete(name);
        });
        running.set(name, work);
        started = true;
      }
      if (!started || running.size >= this.#limit) await Promise.race(running.values());
    }
    return [...finished.values()];
  }

  #blocks(result: TaskResult): boolean {
    if (result.status === 'done' || result.status === 'fresh') return false;
    return !this.#file.tasks.get(result.name)!.optional;
  }

  async #perform(
    task: TaskDefinition,
    finished: ReadonlyMap<string, TaskResult>,
  ): Promise<TaskResult> {
    const now = this.#options.now ?? Date.now;
    const start = now();
    const needsRan = task.needs.some((need) => finished.get(need)?.status === 'done');
    if (!needsRan && task.inputs.length > 0 && this.#options.isFresh?.(task)) {
      return { name: task.name, status: 'fresh', attempts: 0, milliseconds: now() - start };
    }
    let attempts = 0;
    try {
      await retry(
        async (attempt) => {
          attempts = attempt + 1;
          await this.#commands(task);
        },
        new FixedBackoff(task.attempts, task.retryDelay),
        { sleep: this.#options.sleep ?? defaultSleep },
      );
      return { name: task.name, status: 'done', attempts, milliseconds: now() - start };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { name: task.name, status: 'failed', attempts, milliseconds: now() - start, message };
    }
  }

  async #commands(task: TaskDefinition): Promise<void> {
    const variables = { ...this.#file.variables, ...this.#options.variables, task: task.name };
    for (const command of task.commands) {
      await this.#options.execute(expand(command, variables), task.name);
    }
  }
}
