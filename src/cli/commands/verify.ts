// `swemint verify`: runs finished tasks again and says which labels still hold.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { scaleConfig } from '../../config/schema.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { SwemintError } from '../../core/errors.ts';
import { createRandom } from '../../core/random.ts';
import type { Task } from '../../core/schema/index.ts';
import { readTasks } from '../../export/read-tasks.ts';
import { verifyTasks } from '../../pipelines/verify/index.ts';
import { rebuildEnvironment } from '../../pipelines/verify/locate.ts';
import { loadSandbox } from '../../sandbox/registry.ts';
import { openRunForReading, runPaths } from '../../store/run-folder.ts';
import type { TaskCheck } from '../../validation/check-task.ts';
import { listenForInterrupts } from '../interrupt.ts';
import { openProgress } from '../progress.ts';

interface VerifyFlags {
  repo?: string;
  sample?: unknown;
  repeat?: unknown;
  workers?: unknown;
  json?: boolean;
}

/** Exit code 1 when a task does not hold. */
export async function verifyCommand(location: string, flags: VerifyFlags): Promise<void> {
  const sample = positive(flags.sample, '--sample');
  const repeat = positive(flags.repeat, '--repeat') ?? 1;
  const workers = positive(flags.workers, '--workers') ?? null;
  const config = { ...(await settingsOf(location)), workers };
  const chosen = await choose(location, sample);
  using interruption = listenForInterrupts((message) => process.stderr.write(`\n${message}\n`));
  const progress = openProgress();
  const scratch = await mkdtemp(join(tmpdir(), 'swemint-verify-'));
  const checks: TaskCheck[] = [];
  try {
    const kit = {
      sandbox: await loadSandbox(config.sandbox, config.sandboxSettings),
      emit: progress.emit,
      signal: interruption.signal,
      stopping: interruption.stopping,
    };
    const locate = async (task: Task): Promise<string> =>
      (await builtEnvironment(location, task, flags.repo)) ??
      rebuildEnvironment(kit, config, scratch, task, flags.repo);
    const tasks = pick(location, chosen);
    for await (const check of verifyTasks(kit, tasks, { config, repeat, locate }))
      checks.push(check);
  } finally {
    progress.close();
    await rm(scratch, { recursive: true, force: true });
  }
  report(checks, chosen.size, flags.json === true);
  if (checks.some(({ holds }) => !holds)) process.exitCode = 1;
}

function positive(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Number(value) > 0) return Number(value);
  throw new SwemintError(
    'usage',
    `${flag} takes a whole number above zero, not ${JSON.stringify(value)}.`,
  );
}

/** A run's own limits where there is one, the defaults elsewhere. */
async function settingsOf(location: string): Promise<ScaleConfig> {
  if (!(await isRun(location))) return scaleConfig.parse({});
  await using run = await openRunForReading(location);
  const { sources: _sources, environments: _environments, ...settings } = run.settings;
  return scaleConfig.parse(settings);
}

async function isRun(location: string): Promise<boolean> {
  const found = await stat(runPaths(location).ledger).catch(() => undefined);
  return found?.isFile() === true;
}

/** Ids of all tasks, or of an even, reproducible sample. */
async function choose(location: string, sample: number | undefined): Promise<ReadonlySet<string>> {
  const ids: string[] = [];
  for await (const { id } of readTasks(location)) ids.push(id);
  if (ids.length === 0) {
    throw new SwemintError('no-tasks', `${location} holds no tasks.`, {
      hint: '`swemint stats` says why candidates were rejected.',
    });
  }
  const rank = (id: string): number => createRandom('verify', id).next();
  const ranked = sample === undefined ? ids : ids.toSorted((a, b) => rank(a) - rank(b));
  return new Set(ranked.slice(0, sample));
}

async function* pick(location: string, chosen: ReadonlySet<string>): AsyncGenerator<Task> {
  for await (const task of readTasks(location)) if (chosen.has(task.id)) yield task;
}

/** The environment that the run itself has built, if it is still there. */
async function builtEnvironment(
  location: string,
  task: Task,
  repo: string | undefined,
): Promise<string | undefined> {
  if (repo !== undefined || !(await isRun(location))) return undefined;
  const base = join(runPaths(location).environments, task.repository.id);
  const found = await stat(join(base, 'runners')).catch(() => undefined);
  return found?.isDirectory() === true ? base : undefined;
}

function report(checks: readonly TaskCheck[], chosen: number, json: boolean): void {
  const failed = checks.filter(({ holds }) => !holds);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ checked: checks.length, hold: checks.length - failed.length, failed, skipped: chosen - checks.length })}\n`,
    );
    return;
  }
  for (const { taskId, problems } of failed) {
    process.stdout.write(
      `${pc.red('✗')} ${taskId}\n${problems.map((text) => `    ${text}\n`).join('')}`,
    );
  }
  const verdict =
    failed.length === 0 ? pc.green('all hold') : pc.red(`${failed.length} do not hold`);
  const rest = chosen - checks.length;
  process.stdout.write(
    `${checks.length} tasks checked: ${verdict}${rest > 0 ? `; ${rest} not checked` : ''}.\n`,
  );
}
