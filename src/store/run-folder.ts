// A run's folder: the one place that knows its paths, and the lock that keeps two drivers apart.
//
//   <out>/
//     run.sqlite          the ledger: everything needed to continue
//     run.lock            held while a driver works on the run
//     environments/<id>/  a repository with its installation: repo/ venv/ home/ …
//     environments.jsonl  what `env` found: one record per repository
//     environment-memory.jsonl  what solved them, for their neighbours
//     trajectories/<id>/  what agents did there
//     model-calls.jsonl   what was paid for: cache and account of the model, once one was asked
//     tasks.jsonl         the data set
//     swe-smith.jsonl  swe-bench.jsonl
//     report.md  report.json
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import type { Store } from '../core/store.ts';
import { openSqliteStore, readStoreMeta } from './sqlite.ts';

export interface RunPaths {
  folder: string;
  ledger: string;
  lock: string;
  environments: string;
  environmentRecords: string;
  environmentMemory: string;
  trajectories: string;
  modelCalls: string;
  tasks: string;
  sweSmith: string;
  sweBench: string;
  reportMarkdown: string;
  reportJson: string;
}

export function runPaths(folder: string): RunPaths {
  const absolute = resolve(folder);
  const at = (name: string): string => join(absolute, name);
  return {
    folder: absolute,
    ledger: at('run.sqlite'),
    lock: at('run.lock'),
    environments: at('environments'),
    environmentRecords: at('environments.jsonl'),
    environmentMemory: at('environment-memory.jsonl'),
    trajectories: at('trajectories'),
    modelCalls: at('model-calls.jsonl'),
    tasks: at('tasks.jsonl'),
    sweSmith: at('swe-smith.jsonl'),
    sweBench: at('swe-bench.jsonl'),
    reportMarkdown: at('report.md'),
    reportJson: at('report.json'),
  };
}

export interface Run extends AsyncDisposable {
  paths: RunPaths;
  store: Store;
  /** When the run was begun, ISO 8601: the same however often it is continued. */
  createdAt: string;
}

/**
 * Creates a run's folder or continues it, and holds its lock until disposed.
 * Throws `SwemintError`: `run-busy`, `no-write-permission`, and what the ledger throws.
 */
export async function openRun(folder: string, settings: string): Promise<Run> {
  const paths = runPaths(folder);
  await makeFolder(paths);
  await takeLock(paths);
  try {
    const store = openSqliteStore({ file: paths.ledger, settings });
    return {
      paths,
      store,
      createdAt: readStoreMeta(paths.ledger).createdAt,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await rm(paths.lock, { force: true });
      },
    };
  } catch (error) {
    await rm(paths.lock, { force: true });
    throw error;
  }
}

/** Opens a run to look at it; works while another process continues it. */
export async function openRunForReading(
  folder: string,
): Promise<Run & { settings: Record<string, unknown> }> {
  const paths = runPaths(folder);
  const found = await stat(paths.ledger).catch(() => undefined);
  if (!found?.isFile()) {
    throw new SwemintError(
      'not-a-run',
      `${folder} is not a run of swemint: it has no run.sqlite.`,
      {
        hint: 'Give the folder that `swemint scale --out` made.',
      },
    );
  }
  const meta = readStoreMeta(paths.ledger);
  const settings = JSON.parse(meta.settings || '{}') as Record<string, unknown>;
  const store = openSqliteStore({ file: paths.ledger, readOnly: true });
  return {
    paths,
    store,
    settings,
    createdAt: meta.createdAt,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

async function makeFolder(paths: RunPaths): Promise<void> {
  try {
    await makeFolders(paths.environments);
  } catch (error) {
    throw new SwemintError(
      'no-write-permission',
      `The run folder ${paths.folder} cannot be made: ${(error as Error).message}.`,
      {
        hint: 'Choose a folder you may write to with --out.',
        cause: error,
      },
    );
  }
}

/** Not `recursive`: Node loops for ever where a file system refuses new folders with ENOENT, as /proc does. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await mkdir(path);
  }
}

async function takeLock(paths: RunPaths, retries = 3): Promise<void> {
  try {
    const file = await open(paths.lock, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      throw new SwemintError(
        'no-write-permission',
        `The run folder ${paths.folder} cannot be written: ${(error as Error).message}.`,
        {
          hint: 'Choose a folder you may write to with --out.',
          cause: error,
        },
      );
    }
    const holder = Number(await readFile(paths.lock, 'utf8').catch(() => ''));
    if (retries === 0 || (holder !== process.pid && (await isDriver(holder)))) {
      throw new SwemintError(
        'run-busy',
        `Another swemint process (${holder}) is working on ${paths.folder}.`,
        {
          hint: 'Wait for it, stop it, or choose another --out.',
        },
      );
    }
    await rm(paths.lock, { force: true });
    await takeLock(paths, retries - 1);
  }
}

/** A number left by a killed driver may meanwhile belong to some other program. */
async function isDriver(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || command.includes('node') || command.includes('swemint');
}
