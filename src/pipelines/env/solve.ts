// Sets up one repository: given scripts, memory, static recipes, then the agent; the first that passes the gate.
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ScaleConfig } from '../../config/schema.ts';
import { SwemintError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import type {
  EnvironmentMaker,
  EnvironmentRecord,
  EnvironmentStatus,
  Repository,
  SourceSpec,
} from '../../core/schema/index.ts';
import { openTrajectoryFile } from '../../agent/trajectory-file.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import type { OpenModel } from '../../llm/open-model.ts';
import { inspectMachine } from '../../repo/machine.ts';
import { renderSource } from '../../repo/parse-source.ts';
import type { RunPaths } from '../../store/run-folder.ts';
import { runOneStage } from './agent/one-stage.ts';
import type { Judge } from './agent/one-stage.ts';
import { runTwoStages } from './agent/two-stages.ts';
import type { StageEnd } from './agent/conversation.ts';
import { poorAdvice } from './agent/prompts/task.ts';
import type { AgentScene } from './agent/scene.ts';
import { openAttemptLog, sentence } from './attempts.ts';
import { renderMaker } from '../environment/maker.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { EnvironmentMemory } from './memory.ts';
import { isGoodReplay, proveFurther } from './prove.ts';
import type { Proven } from './prove.ts';
import { replayOnce } from './replay.ts';
import type { ReplayFailure } from './replay.ts';
import { specFromScripts } from './scripted-spec.ts';
import type { Scripts } from './scripted-spec.ts';
import type { Search } from './without-model.ts';
import {
  passing,
  poor,
  tryMemory,
  tryRecipes,
  tryScripts,
  withoutScripts,
} from './without-model.ts';
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
    return { record: failedRecord(source, null, error) };
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
    const record = assemble(search, found, scene);
    if (record.status === 'success') await rememberIn(scene.memory, record, search);
    await removeBase(workplace.folder);
    return { record };
  } catch (error) {
    if (!isItsOwnFault(error, kit)) throw error;
    await removeBase(workplace.folder);
    return { record: failedRecord(source, workplace.repository, error) };
  }
}

/** What the search came to. */
interface Found {
  status: EnvironmentStatus;
  reason: string;
  proven?: Proven | undefined;
  summary?: string;
  files?: readonly string[];
}

async function find(
  search: Search,
  again: boolean,
  scene: SolveScene,
): Promise<Found | { unfinished: string }> {
  const { log } = search;
  if (log.exhausted === null) {
    const result = await findWithoutModel(search, scene);
    if (typeof result !== 'string') {
      return { status: 'success', reason: passing(result), proven: result };
    }
    await log.exhaust(result);
  }
  if (scene.kit.stopping.aborted) return { unfinished: 'The run was stopped.' };
  if (!scene.model) return { status: 'error', reason: log.exhausted ?? '' };
  return askAgent(search, again, scene, scene.model);
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
  if (scene.agentOnly) return 'Static recipes were left out.';
  const result = await tryRecipes(plain, search);
  return result instanceof SwemintError ? withHint(result) : result;
}

function withHint(error: SwemintError): string {
  const [first = ''] = error.message.split('\n');
  return error.hint === undefined ? first : `${first} ${error.hint}`;
}

async function askAgent(
  search: Search,
  again: boolean,
  scene: SolveScene,
  { model }: OpenModel,
): Promise<Found | { unfinished: string }> {
  const { kit, config, workplace, scripts, log } = search;
  const folder = join(scene.paths.trajectories, workplace.repository.id);
  const attempt = await attemptNumber(folder, again);
  const agent: AgentScene = {
    kit,
    config,
    workplace,
    scripts,
    model,
    tried: log.tried,
    trajectories: join(folder, `attempt-${attempt + 1}`),
    attempt,
  };
  let since = performance.now();
  const judge: Judge<Proven> = async (candidate, maker, heard) => {
    const result = await judgeScripts(candidate, maker, heard, search);
    const begun = since;
    since = performance.now();
    if (!('code' in result)) {
      await log.accept(maker, begun, passing(result));
      return { accepted: result };
    }
    const reason = sentence(result.detail);
    await log.refuse(maker, begun, { code: result.code, reason });
    return { refused: { code: result.code, reason, output: result.output } };
  };
  const inStages = /^(?:javascript|typescript)$/.test(scripts.languages[0] ?? '');
  const { stage, end, files } = inStages
    ? await runTwoStages(agent, judge)
    : await runOneStage(agent, judge).then((ending) => ({
        stage: 2 as const,
        end: ending,
        files: ending.files,
      }));
  if (end.end === 'unfinished') return { unfinished: end.reason };
  return { ...outcomeOf(stage, end), files };
}

/** The rules, the replays, and once a warning when much of the suite fails. */
async function judgeScripts(
  scripts: Scripts,
  maker: EnvironmentMaker,
  heard: readonly string[],
  search: Search,
): Promise<Proven | ReplayFailure> {
  const read = await specFromScripts(scripts, search.scripts);
  if (!read.ok) return { code: read.code, detail: read.reason, output: '' };
  const claim = { spec: read.spec, scripts, maker, strict: true };
  const first = await replayOnce(read.spec, 1, search, claim.strict);
  if ('code' in first) return first;
  if (!isGoodReplay(first) && !heard.some((text) => text.includes(poorAdvice))) {
    const [failing] = first.run.results.filter(({ status }) => status === 'failed');
    const output = first.run.collectionErrors[0]?.message ?? failing?.message ?? '';
    return { code: 'poor', detail: `${poor(first)} ${poorAdvice}`, output };
  }
  return proveFurther(claim, first, search);
}

function outcomeOf(stage: 1 | 2, end: Exclude<StageEnd<Proven>, { end: 'unfinished' }>): Found {
  if (end.end === 'accepted') {
    const { accepted, summary } = end;
    return { status: 'success', reason: passing(accepted), proven: accepted, summary };
  }
  if (end.end === 'unfinished') throw new Error('An unfinished stage has no outcome.');
  const reason =
    end.end === 'refused'
      ? `The gate refused its scripts to the end: ${end.refusal.reason}`
      : end.reason;
  return { status: stage === 1 ? 'stage1_failed' : statuses[end.end], reason };
}

const statuses: Readonly<
  Record<'refused' | 'silent' | 'stopped' | 'steps' | 'failed', EnvironmentStatus>
> = {
  refused: 'error',
  silent: 'tool_stop',
  stopped: 'tool_stop',
  steps: 'max_iteration',
  failed: 'error',
};

/**
 * Which attempt this is, from 0. One that was cut short goes on, also when its steps or its money had
 * run out; after one that the agent itself had ended, a new one begins.
 */
async function attemptNumber(folder: string, again: boolean): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const numbers = names.flatMap((name) => {
    const number = /^attempt-(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  const last = Math.max(1, ...numbers);
  if (!again || !(await hasEnded(join(folder, `attempt-${last}`)))) return last - 1;
  return last;
}

/** Whether every conversation in it was ended by the agent. */
async function hasEnded(folder: string): Promise<boolean> {
  for (const name of await readdir(folder).catch(() => [])) {
    const { past } = await openTrajectoryFile(join(folder, name));
    const end = past?.end;
    if (end?.outcome !== 'finished' && end?.outcome !== 'stopped') return false;
  }
  return true;
}

function assemble(search: Search, found: Found, scene: SolveScene): EnvironmentRecord {
  const { workplace, log } = search;
  const { repository, source } = workplace;
  const { proven, files = [] } = found;
  const paid = scene.model?.ledger.ofTask(repository.id);
  return {
    ...emptyRecord(source, repository),
    status: found.status,
    reason: found.reason,
    summary: found.summary ?? summaryOf(found),
    install_script: proven?.scripts.installScript ?? null,
    test_script: proven?.scripts.testScript ?? null,
    environment: proven
      ? {
          digest: contentHash(repository.commit, JSON.stringify(proven.spec)),
          spec: proven.spec,
        }
      : null,
    certificate: proven?.certificate ?? null,
    attempts: [...log.attempts],
    trajectories: files.map((file) => relative(scene.paths.folder, file)),
    model: {
      calls: paid?.calls ?? 0,
      costUsd: paid && paid.unpriced > 0 ? null : (paid?.costUsd ?? 0),
    },
  };
}

function summaryOf({ proven, reason }: Found): string {
  if (!proven) return reason;
  const { certificate, spec } = proven;
  return `${spec.test.framework} in ${spec.test.cwd === '.' ? 'the root' : spec.test.cwd}, set up by ${renderMaker(certificate.maker)}. ${reason}`;
}

function emptyRecord(source: SourceSpec, repository: Repository | null): EnvironmentRecord {
  return {
    schemaVersion: 1,
    repo: renderSource(source),
    source,
    repository,
    status: 'error',
    reason: '',
    install_script: null,
    test_script: null,
    summary: '',
    environment: null,
    certificate: null,
    attempts: [],
    trajectories: [],
    model: { calls: 0, costUsd: 0 },
    finishedAt: new Date().toISOString(),
  };
}

function failedRecord(
  source: SourceSpec,
  repository: Repository | null,
  error: unknown,
): EnvironmentRecord {
  const reason =
    error instanceof SwemintError
      ? withHint(error)
      : `This is a bug in swemint: ${error instanceof Error ? error.message : String(error)}`;
  return { ...emptyRecord(source, repository), reason, summary: reason };
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
  const maker: EnvironmentMaker = certificate.maker;
  await memory.remember({
    version: 1,
    repository: repository?.name ?? record.repo,
    fingerprint: fingerprintOf(workplace.facts, scripts.languages),
    maker,
    installScript: install_script,
    testScript: test_script,
    spec: environment.spec,
    date: certificate.date,
  });
}
