// Sets up one repository: given scripts, memory, static recipes, then the agent; the first that passes the gate.
import { join } from 'node:path';
import type { ScaleConfig } from '../../config/schema.ts';
import { SwemintError } from '../../core/errors.ts';
import type { EnvironmentRecord, Repository, SourceSpec } from '../../core/schema/index.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import type { OpenModel } from '../../llm/open-model.ts';
import { inspectMachine } from '../../repo/machine.ts';
import type { RunPaths } from '../../store/run-folder.ts';
import { askAgent } from './ask-agent.ts';
import { openAttemptLog } from './attempts.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { EnvironmentMemory } from './memory.ts';
import type { Proven } from './prove.ts';
import { failedRecord, recordOf, withHint } from './record.ts';
import type { Found } from './record.ts';
import { passing, withoutScripts } from './search.ts';
import type { Search } from './search.ts';
import { tryMemory } from './try-memory.ts';
import { tryRecipes } from './try-recipes.ts';
import { tryScripts } from './try-scripts.ts';
import { openWorkplace, removeBase } from './workplace.ts';
import type { Workplace } from './workplace.ts';

export interface SolveScene {
  kit: Kit;
  paths: RunPaths;
  config: ScaleConfig;
  memory: EnvironmentMemory;
  /** Undefined when no model is configured. */
  model: OpenModel | undefined;
  /** Static recipes are left out. */
  agentOnly: boolean;
}

/** `unfinished`: the same command goes on from there. */
export type Solved = { record: EnvironmentRecord } | { unfinished: string };

/**
 * Sets up one source. `again`: an earlier attempt has come to its end without success. Throws only
 * when the run itself cannot go on: no permission, no room, an abort.
 */
export async function solve(
  source: SourceSpec,
  key: string,
  again: boolean,
  scene: SolveScene,
): Promise<Solved> {
  const { kit, paths, config } = scene;
  let workplace: Workplace;
  try {
    workplace = await openWorkplace(kit, paths.environments, key, source);
  } catch (error) {
    if (!isItsOwnFault(error, kit)) throw error;
    return { record: tellFailure(kit, source, null, error) };
  }
  try {
    const { repository } = workplace;
    const machine = inspectMachine(kit.sandbox);
    const search: Search = {
      kit,
      machine,
      config,
      workplace,
      log: await openAttemptLog(join(workplace.folder, 'attempts.json'), repository.commit),
      scripts: {
        facts: workplace.facts,
        machine,
        frameworks: await frameworks.loadAll(),
        languages: source.language === undefined ? repository.languages : [source.language],
      },
    };
    const found = await find(search, again, scene);
    if ('unfinished' in found) return found;
    const record = recordOf(search, found, scene.model, paths.folder);
    if (record.status === 'success') await rememberIn(scene.memory, record, search);
    await removeBase(workplace.folder);
    return { record };
  } catch (error) {
    if (!isItsOwnFault(error, kit)) throw error;
    await removeBase(workplace.folder);
    return { record: tellFailure(kit, source, workplace.repository, error) };
  }
}

const recipesLeftOut = 'Static recipes were left out.';

async function find(
  search: Search,
  again: boolean,
  scene: SolveScene,
): Promise<Found | { unfinished: string }> {
  const { log } = search;
  if (log.exhausted === null || (log.exhausted === recipesLeftOut && !scene.agentOnly)) {
    const result = await findWithoutModel(search, scene);
    if (typeof result !== 'string') {
      return { status: 'success', reason: passing(result), proven: result };
    }
    await log.exhaust(result);
  }
  if (scene.kit.stopping.aborted) return { unfinished: 'The run was stopped.' };
  if (!scene.model) return { status: 'error', reason: log.exhausted ?? '' };
  return askAgent(search, again, scene.model.model, scene.paths.trajectories);
}

/** The first that passes, or why none does. */
async function findWithoutModel(search: Search, scene: SolveScene): Promise<Proven | string> {
  const { source, facts } = search.workplace;
  const { installScript, testScript } = source;
  let plain = source;
  if (installScript !== undefined && testScript !== undefined) {
    const proven = await tryScripts({ installScript, testScript }, { kind: 'given' }, search);
    if (proven) return proven;
    plain = withoutScripts(source);
  }
  for (const remembered of scene.memory.recall(fingerprintOf(facts, search.scripts.languages))) {
    const proven = await tryMemory(remembered, search);
    if (proven) return proven;
  }
  if (scene.agentOnly) return recipesLeftOut;
  const result = await tryRecipes(plain, search);
  return result instanceof SwemintError ? withHint(result) : result;
}

/** A bug ends its repository alone, and is told with all that is known of it. */
function tellFailure(
  kit: Pick<Kit, 'emit'>,
  source: SourceSpec,
  repository: Repository | null,
  error: unknown,
): EnvironmentRecord {
  if (error instanceof Error && !(error instanceof SwemintError)) {
    kit.emit({ type: 'warning', code: 'bug', message: error.stack ?? error.message });
  }
  return failedRecord(source, repository, error);
}

/** What ends one repository and not the run. */
function isItsOwnFault(error: unknown, { signal }: Pick<Kit, 'signal'>): boolean {
  if (signal.aborted) return false;
  return !(
    error instanceof SwemintError &&
    ['disk-full', 'no-permission', 'no-write-permission'].includes(error.code)
  );
}

async function rememberIn(
  memory: EnvironmentMemory,
  record: EnvironmentRecord,
  { workplace, scripts }: Search,
): Promise<void> {
  const { certificate, environment, install_script, test_script, repository } = record;
  if (!certificate || !environment || install_script === null || test_script === null) return;
  await memory.remember({
    version: 1,
    repository: repository?.name ?? record.repo,
    fingerprint: fingerprintOf(workplace.facts, scripts.languages),
    maker: certificate.maker,
    installScript: install_script,
    testScript: test_script,
    spec: environment.spec,
    date: certificate.date,
  });
}
