// `swemint env`: repositories in, proved and reproducible environments out.
import { join, relative } from 'node:path';
import pc from 'picocolors';
import { loadConfig } from '../../config/load.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { SwemintError } from '../../core/errors.ts';
import type { EnvironmentRecord, SourceSpec } from '../../core/schema/index.ts';
import { prepareModel } from '../../kit.ts';
import { renderMaker } from '../../pipelines/environment/maker.ts';
import { env } from '../../pipelines/env/index.ts';
import type { EnvResult } from '../../pipelines/env/index.ts';
import { parseSource } from '../../repo/parse-source.ts';
import { readInput } from '../../repo/read-input.ts';
import { loadSandbox } from '../../sandbox/registry.ts';
import { openRun } from '../../store/run-folder.ts';
import type { Run, RunPaths } from '../../store/run-folder.ts';
import { defaultFolder, runsFolder } from '../default-folder.ts';
import { listenForInterrupts } from '../interrupt.ts';
import { readModelFlags } from '../model-flags.ts';
import type { ModelFlags } from '../model-flags.ts';
import { formatDuration, openProgress } from '../progress.ts';
import { renderTable } from '../render-table.ts';

interface EnvFlags extends ModelFlags {
  out?: string;
  input?: string;
  agent?: boolean;
  skipExisting?: boolean;
  /** A path, or false for `--no-memory`; commander sets true when neither is given. */
  memory?: string | boolean;
  replays?: unknown;
  maxSteps?: unknown;
  stage2MaxSteps?: unknown;
  workers?: unknown;
  config?: string;
  set?: string[];
  json?: boolean;
}

/** Exit code 1 when a source has no environment, 130 when the user stopped the run. */
export async function envCommand(sources: readonly string[], flags: EnvFlags): Promise<void> {
  const config = await readConfig(flags);
  const specs = [
    ...sources.map((source) => parseSource(source)),
    ...(flags.input === undefined ? [] : await readInput(flags.input)),
  ];
  if (specs.length === 0) {
    throw new SwemintError('no-source', 'No repository was given.', {
      hint: 'For example: swemint env ./my-repo, swemint env pypi:tomli, or swemint env --input repos.jsonl',
    });
  }
  const { result, paths, stoppedByUser } = await setUp(specs, config, flags);
  if (stoppedByUser && result.state === 'stopped') process.exitCode = 130;
  else if (result.state === 'stopped' || result.records.some(({ status }) => status !== 'success'))
    process.exitCode = 1;
  report(result, paths, flags.json === true);
}

function readConfig(flags: EnvFlags): Promise<ScaleConfig> {
  return loadConfig({
    cwd: process.cwd(),
    file: flags.config,
    assignments: flags.set ?? [],
    flags: {
      workers: flags.workers,
      environment: {
        replays: flags.replays,
        steps: flags.maxSteps,
        testSteps: flags.stage2MaxSteps,
      },
      model: readModelFlags(flags),
    },
  });
}

async function setUp(
  specs: readonly SourceSpec[],
  config: ScaleConfig,
  flags: EnvFlags,
): Promise<{ result: EnvResult; paths: RunPaths; stoppedByUser: boolean }> {
  const sandbox = await loadSandbox(config.sandbox, config.sandboxSettings);
  const isolation = await sandbox.check();
  // Any sources may be added to such a run: only its kind has to be the same.
  const folder = flags.out ?? defaultFolder(specs, flags.input, 'env-');
  await using run = await openRun(folder, JSON.stringify({ command: 'env' }));
  using interruption = listenForInterrupts((message) => process.stderr.write(`\n${message}\n`));
  const progress = openProgress();
  const { signal, stopping } = interruption;
  await using model = prepareModel({
    config: config.model,
    callFile: run.paths.modelCalls,
    emit: progress.emit,
    signal,
  });
  try {
    for (const message of isolation.warnings)
      progress.emit({ type: 'warning', code: 'isolation', message });
    const kit = {
      sandbox,
      store: run.store,
      model: model.open,
      emit: progress.emit,
      signal,
      stopping,
    };
    const result = await env(kit, run.paths, config, specs, {
      agentOnly: flags.agent === true,
      retryFailed: flags.skipExisting === true,
      memory: memoryFile(flags, run),
    });
    return { result, paths: run.paths, stoppedByUser: stopping.aborted };
  } finally {
    progress.close();
  }
}

/** Beside the runs where those are kept, else inside the run itself. */
function memoryFile({ memory, out }: EnvFlags, { paths }: Run): string | null {
  if (memory === false) return null;
  if (typeof memory === 'string') return memory;
  return out === undefined ? join(runsFolder, 'environment-memory.jsonl') : paths.environmentMemory;
}

function report({ state, records, unfinished }: EnvResult, paths: RunPaths, json: boolean): void {
  if (json) {
    const document = {
      run: paths.folder,
      state,
      file: paths.environmentRecords,
      environments: records,
      unfinished,
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  out('');
  if (records.length > 0) out(renderTable(records.map(row)));
  for (const { repo, reason } of unfinished) out(`${pc.yellow('!')} ${repo}: ${reason}`);
  const solved = records.filter(({ status }) => status === 'success').length;
  const total = records.length + unfinished.length;
  const place = relative(process.cwd(), paths.environmentRecords);
  out(
    `${pc.bold(`${solved} of ${total} set up`)}  ${place.startsWith('..') ? paths.environmentRecords : place}`,
  );
  if (unfinished.length > 0) out('The same command goes on from here.');
}

function row({ repo, repository, status, reason, certificate, model }: EnvironmentRecord) {
  const replays = certificate?.replays ?? [];
  const seconds = replays.reduce((sum, one) => sum + one.installMs + one.testMs, 0) / 1000;
  return {
    repository: repository?.name ?? repo,
    status,
    by: certificate ? renderMaker(certificate.maker) : '',
    tests: certificate ? `${certificate.counts.passed}/${certificate.counts.total}` : '',
    flaky: certificate?.counts.flaky ?? '',
    replays: certificate ? `${replays.length} in ${formatDuration(seconds)}` : '',
    cost: model.calls > 0 ? price(model.costUsd) : '',
    reason: status === 'success' ? '' : clip(reason),
  };
}

function price(costUsd: number | null): string {
  return costUsd === null ? 'unknown' : `$${costUsd.toFixed(2)}`;
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 140 ? `${line.slice(0, 140)}…` : line;
}
