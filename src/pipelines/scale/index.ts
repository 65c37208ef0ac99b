// The main recipe: repository → environment → candidates → verdicts, resumable after every step.
import { SwemintError } from '../../core/errors.ts';
import type { EnvironmentRecord, SourceSpec } from '../../core/schema/index.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import type { Kit } from '../../kit.ts';
import type { RunPaths } from '../../store/run-folder.ts';
import { auditStage } from './audit.ts';
import { generateStage } from './candidates.ts';
import { prepareEnvironment } from './environment.ts';
import { openCourt } from './judge.ts';
import { prepareRepository } from './repository.ts';
import { validateStage } from './validate.ts';

/** A source that could not be used; the others of the run go on. */
export interface SourceFailure {
  source: SourceSpec;
  error: SwemintError;
}

export interface ScaleResult {
  /** `stopped` runs continue with the same command. */
  state: 'finished' | 'stopped';
  failures: SourceFailure[];
}

/**
 * Mints bug-fix tasks from every source, one after the other, into the run's ledger. With `proved`
 * environments every source has to have its own among them; without, recipes are tried.
 * A source that cannot be used is reported and left out; when none can, its error is thrown.
 */
export async function scale(
  kit: Kit,
  paths: RunPaths,
  config: ScaleConfig,
  sources: readonly SourceSpec[],
  proved?: readonly EnvironmentRecord[],
): Promise<ScaleResult> {
  const failures: SourceFailure[] = [];
  for (const [index, source] of sources.entries()) {
    if (kit.stopping.aborted) return { state: 'stopped', failures };
    try {
      const state = await mintFrom(kit, paths, config, index, source, proved);
      if (state === 'stopped') return { state, failures };
    } catch (error) {
      if (!(error instanceof SwemintError) || kit.signal.aborted) throw error;
      if (sources.length === 1) throw error;
      failures.push({ source, error });
      kit.emit({
        type: 'warning',
        code: error.code,
        message: `${source.location}: ${error.message}`,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }
  const [first] = failures;
  if (first && failures.length === sources.length) throw first.error;
  return { state: 'finished', failures };
}

async function mintFrom(
  kit: Kit,
  paths: RunPaths,
  config: ScaleConfig,
  index: number,
  source: SourceSpec,
  proved: readonly EnvironmentRecord[] | undefined,
): Promise<'finished' | 'stopped'> {
  const prepared = await prepareRepository(kit, paths, index, source);
  const environment = await prepareEnvironment(kit, config, prepared, proved);
  if (kit.stopping.aborted) return 'stopped';
  await generateStage(kit, config, prepared, environment);
  if (kit.stopping.aborted) return 'stopped';
  const court = await openCourt(kit, config, prepared, environment);
  const state = await validateStage(kit, config, prepared, court);
  if (state === 'stopped' || !court.fast) return state;
  return auditStage(kit, config, prepared, environment, court);
}
