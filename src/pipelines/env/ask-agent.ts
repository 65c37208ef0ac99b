// Lets the agent work on one repository, before the same gate as everybody else.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openTrajectoryFile } from '../../agent/trajectory-file.ts';
import type { EnvironmentMaker, EnvironmentStatus } from '../../core/schema/index.ts';
import type { Model } from '../../core/model.ts';
import type { StageEnd } from './agent/conversation.ts';
import { runOneStage } from './agent/one-stage.ts';
import type { Judge } from './agent/one-stage.ts';
import { poorAdvice } from './agent/prompts/task.ts';
import type { AgentScene } from './agent/scene.ts';
import { runTwoStages } from './agent/two-stages.ts';
import { sentence } from './attempts.ts';
import { isGoodReplay, proveFurther } from './prove.ts';
import type { Proven } from './prove.ts';
import type { Found } from './record.ts';
import { replayOnce } from './replay.ts';
import type { ReplayFailure } from './replay.ts';
import { specFromScripts } from './scripted-spec.ts';
import type { Scripts } from './scripted-spec.ts';
import { passing, poor } from './search.ts';
import type { Search } from './search.ts';
import { payerOf } from './workplace.ts';

/**
 * One stage in general, two for JavaScript and TypeScript. `again`: an earlier attempt has come to
 * its end. Trajectories are kept below `parent`.
 */
export async function askAgent(
  search: Search,
  again: boolean,
  model: Model,
  parent: string,
): Promise<Found | { unfinished: string }> {
  const { kit, config, workplace, scripts, log } = search;
  const folder = join(parent, payerOf(workplace));
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
  const outcome = outcomeOf(stage, end);
  return 'unfinished' in outcome ? outcome : { ...outcome, files };
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

function outcomeOf(stage: 1 | 2, end: StageEnd<Proven>): Found | { unfinished: string } {
  if (end.end === 'accepted') {
    const { accepted, summary } = end;
    return { status: 'success', reason: passing(accepted), proven: accepted, summary };
  }
  if (end.end === 'unfinished') return { unfinished: end.reason };
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
