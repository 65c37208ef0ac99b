// What `scale` and `demo` share: flags into settings, a run opened, watched, and turned into files.
import { canonicalSettings } from '../config/schema.ts';
import type { ScaleConfig } from '../config/schema.ts';
import { loadConfig } from '../config/load.ts';
import { contentHash } from '../core/ids.ts';
import type { EnvironmentRecord, SourceSpec } from '../core/schema/index.ts';
import { writeDataset } from '../export/dataset.ts';
import type { Dataset } from '../export/dataset.ts';
import { type Kit, prepareModel } from '../kit.ts';
import { mutators } from '../mutators/registry.ts';
import { scale } from '../pipelines/scale/index.ts';
import type { ScaleResult } from '../pipelines/scale/index.ts';
import { renderSource } from '../repo/parse-source.ts';
import { loadSandbox } from '../sandbox/registry.ts';
import { openRun } from '../store/run-folder.ts';
import { listenForInterrupts } from './interrupt.ts';
import { openProgress } from './progress.ts';

/** The flags of `scale` and `demo` as commander gives them; settings' names where they differ. */
export interface MintingFlags {
  out?: string;
  seed?: unknown;
  workers?: unknown;
  maxCandidates?: unknown;
  perEntity?: unknown;
  mutator?: string[];
  include?: string[];
  exclude?: string[];
  baselineRuns?: unknown;
  statement?: string;
  mode?: string;
  confirm?: string;
  timeout?: unknown;
  config?: string;
  set?: string[];
  json?: boolean;
}

export interface Minted {
  folder: string;
  result: ScaleResult;
  /** Written when the run came to its end. */
  dataset: Dataset | undefined;
}

/** Settings from flags, files and assignments; unknown mutators are refused before any work. */
export async function readSettings(flags: MintingFlags): Promise<ScaleConfig> {
  const config = await loadConfig({
    cwd: process.cwd(),
    file: flags.config,
    assignments: flags.set ?? [],
    flags: {
      seed: flags.seed,
      workers: flags.workers,
      maxCandidates: flags.maxCandidates,
      perEntity: flags.perEntity,
      mutators: flags.mutator,
      include: flags.include,
      exclude: flags.exclude,
      baselineRuns: flags.baselineRuns,
      statement: flags.statement,
      mode: flags.mode,
      validation: flags.confirm === undefined ? undefined : { confirm: flags.confirm },
      timeout: flags.timeout,
    },
  });
  for (const name of [...(config.mutators ?? []), ...Object.keys(config.mutatorSettings)]) {
    await mutators.load(name);
  }
  return config;
}

/** Runs the pipeline in `folder` and, when it came to its end, writes the data set. */
export async function mint(
  folder: string,
  sources: readonly SourceSpec[],
  config: ScaleConfig,
  proved?: readonly EnvironmentRecord[],
): Promise<Minted> {
  const digest = proved && contentHash(...proved.map((one) => one.environment?.digest ?? ''));
  const settings = canonicalSettings(config, sources.map(renderSource), digest);
  const sandbox = await loadSandbox(config.sandbox, config.sandboxSettings);
  const isolation = await sandbox.check();
  await using run = await openRun(folder, settings);
  using interruption = listenForInterrupts((message) => process.stderr.write(`\n${message}\n`));
  const progress = openProgress();
  await using model = prepareModel({
    config: config.model,
    callFile: run.paths.modelCalls,
    emit: progress.emit,
    signal: interruption.signal,
  });
  try {
    for (const message of isolation.warnings)
      progress.emit({ type: 'warning', code: 'isolation', message });
    const kit: Kit = {
      sandbox,
      store: run.store,
      model: model.open,
      emit: progress.emit,
      signal: interruption.signal,
      stopping: interruption.stopping,
    };
    const result = await scale(kit, run.paths, config, sources, proved);
    if (result.state === 'stopped') return { folder: run.paths.folder, result, dataset: undefined };
    const dataset = await writeDataset(run, config, progress.emit);
    return { folder: run.paths.folder, result, dataset };
  } finally {
    progress.close();
  }
}
