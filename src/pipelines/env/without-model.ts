// The ways to an environment that ask no model: given scripts, what neighbours remember, the static recipes.
import type { Framework } from '../../core/framework.ts';
import { SwemintError } from '../../core/errors.ts';
import type {
  EnvironmentMaker,
  EnvironmentSpec,
  RememberedEnvironment,
  SourceSpec,
} from '../../core/schema/index.ts';
import { explainNoEnvironment } from '../../repo/no-environment.ts';
import { planEnvironments } from '../../repo/plan.ts';
import { climbLadder, explainFailures } from '../environment/ladder.ts';
import type { FailedAttempt } from '../environment/ladder.ts';
import { describeScripts, describeTried } from './agent/prompts/task.ts';
import { sentence } from './attempts.ts';
import type { AttemptLog } from './attempts.ts';
import { isGoodReplay, prove, proveFurther } from './prove.ts';
import type { Claim, Proven } from './prove.ts';
import { replayOnce } from './replay.ts';
import type { Replay, ReplayFailure, ReplayScene } from './replay.ts';
import { specFromScripts } from './scripted-spec.ts';
import type { ScriptScene, Scripts } from './scripted-spec.ts';
import { scriptsOfSpec } from './scripts-of-spec.ts';

export interface Search extends ReplayScene {
  scripts: ScriptScene;
  log: AttemptLog;
}

/** Tries scripts as they are. Undefined when the gate refuses them; the log says why. */
export async function tryScripts(
  scripts: Scripts,
  maker: EnvironmentMaker,
  search: Search,
): Promise<Proven | undefined> {
  const since = performance.now();
  const read = await specFromScripts(scripts, search.scripts);
  const result = read.ok
    ? await prove({ spec: read.spec, scripts, maker, strict: true }, search)
    : { code: read.code, detail: read.reason, output: '' };
  if (!('code' in result)) {
    await search.log.accept(maker, since, passing(result));
    return result;
  }
  const reason = sentence(result.detail);
  await search.log.refuse(
    maker,
    since,
    { code: result.code, reason },
    describeScripts(scripts, reason, result.output),
  );
  return undefined;
}

/**
 * Tries what has solved a neighbour: an agent's scripts as they are, a recipe's way of installing
 * with the words that suit this repository. Only a good result counts: the ladder may know better.
 */
export async function tryMemory(
  remembered: RememberedEnvironment,
  search: Search,
): Promise<Proven | undefined> {
  const since = performance.now();
  const maker: EnvironmentMaker = {
    kind: 'memory',
    repository: remembered.repository,
    of: remembered.maker.kind,
  };
  const claim = await claimFromMemory(remembered, maker, search);
  if (!claim) return undefined;
  const refuse = async (code: string, reason: string): Promise<undefined> => {
    await search.log.refuse(maker, since, { code, reason });
    return undefined;
  };
  if ('code' in claim) return refuse(claim.code, claim.reason);
  const first = await replayOnce(claim.spec, 1, search, claim.strict);
  if ('code' in first) return refuse(first.code, sentence(first.detail));
  if (!isGoodReplay(first)) return refuse('poor', poor(first));
  const proven = await proveFurther(claim, first, search);
  if ('code' in proven) return refuse(proven.code, sentence(proven.detail));
  await search.log.accept(maker, since, passing(proven));
  return proven;
}

async function claimFromMemory(
  { maker: origin, spec, installScript, testScript }: RememberedEnvironment,
  maker: EnvironmentMaker,
  search: Search,
): Promise<Claim | { code: string; reason: string } | undefined> {
  if (origin.kind === 'recipe' || (origin.kind === 'memory' && origin.of === 'recipe')) {
    const plans = await plansFor(search, withoutScripts(search.workplace.source));
    const same = plans.find(
      (plan) =>
        plan.recipe === spec.recipe &&
        plan.packageManager === spec.packageManager &&
        plan.test.framework === spec.test.framework,
    );
    return (
      same && {
        spec: same,
        scripts: await scriptsOfSpec(same, search.scripts.machine),
        maker,
        strict: false,
      }
    );
  }
  const scripts = { installScript, testScript };
  const read = await specFromScripts(scripts, search.scripts);
  return read.ok ? { spec: read.spec, scripts, maker, strict: true } : read;
}

/**
 * Climbs the static recipes: each is built and run once, a good one is replayed at once, else the
 * best of all at the end. An error when none comes through.
 */
export async function tryRecipes(
  source: SourceSpec,
  search: Search,
): Promise<Proven | SwemintError> {
  const { workplace, scripts, kit, log } = search;
  const plans = await plansFor(search, source);
  if (plans.length === 0) {
    return explainNoEnvironment(workplace.facts, source, scripts.machine, scripts.frameworks);
  }
  kit.emit({ type: 'stage-start', stage: 'environment', repository: workplace.repository.name });
  const begun = new Map<EnvironmentSpec, number>();
  const { best, failures } = await climbLadder(
    plans,
    async (spec) => {
      begun.set(spec, performance.now());
      return tryRecipe(spec, search);
    },
    kit,
  );
  if (!best) return explainFailures(workplace.repository.name, failures);
  if (best.proven) return best.proven;
  const since = begun.get(best.spec) ?? performance.now();
  const claim = await recipeClaim(best.spec, search);
  const proven = await proveFurther(claim, best.replay, search);
  if (!('code' in proven)) {
    await log.accept(claim.maker, since, passing(proven));
    return proven;
  }
  const refused = await refuseRecipe(best.spec, since, proven, search);
  return explainFailures(workplace.repository.name, [refused]);
}

interface RecipeAttempt {
  spec: EnvironmentSpec;
  replay: Replay;
  passing: number;
  good: boolean;
  proven?: Proven;
}

async function tryRecipe(
  spec: EnvironmentSpec,
  search: Search,
): Promise<RecipeAttempt | FailedAttempt> {
  const since = performance.now();
  const claim = await recipeClaim(spec, search);
  const replay = await replayOnce(spec, 1, search, claim.strict);
  if ('code' in replay) return refuseRecipe(spec, since, replay, search);
  const attempt = { spec, replay, passing: replay.figures.passed };
  if (!isGoodReplay(replay)) {
    await search.log.refuse(
      claim.maker,
      since,
      { code: 'poor', reason: poor(replay) },
      describeTried(
        spec,
        poor(replay),
        replay.run.collectionErrors[0]?.message ?? replay.run.outputTail,
      ),
    );
    return { ...attempt, good: false };
  }
  const proven = await proveFurther(claim, replay, search);
  if ('code' in proven) return refuseRecipe(spec, since, proven, search);
  await search.log.accept(claim.maker, since, passing(proven));
  return { ...attempt, good: true, proven };
}

async function recipeClaim(spec: EnvironmentSpec, { scripts }: Search): Promise<Claim> {
  const given = spec.recipe === 'given';
  const maker: EnvironmentMaker = given
    ? { kind: 'given' }
    : { kind: 'recipe', recipe: spec.recipe };
  return { spec, scripts: await scriptsOfSpec(spec, scripts.machine), maker, strict: given };
}

async function refuseRecipe(
  spec: EnvironmentSpec,
  since: number,
  { code, detail, output }: ReplayFailure,
  { log }: Search,
): Promise<FailedAttempt> {
  const reason = sentence(detail);
  const maker: EnvironmentMaker = { kind: 'recipe', recipe: spec.recipe };
  await log.refuse(maker, since, { code, reason }, describeTried(spec, detail, output));
  return { recipe: spec.recipe, framework: spec.test.framework, code, detail, output };
}

async function plansFor(
  { workplace, scripts, kit }: Search,
  source: SourceSpec,
): Promise<EnvironmentSpec[]> {
  const { machine, frameworks } = scripts;
  const plans = await planEnvironments(workplace.facts, source, machine, frameworks, kit.emit);
  // What leans on packages of this machine cannot be built elsewhere: only when nothing else works.
  const leaning = (spec: EnvironmentSpec): number => Number(leansOnMachine(spec, frameworks));
  return plans.toSorted((a, b) => leaning(a) - leaning(b));
}

function leansOnMachine(
  { packageManager, test }: EnvironmentSpec,
  known: readonly Framework[],
): boolean {
  const requires = known.find(({ name }) => name === test.framework)?.requires;
  const needed = [...(requires?.python ?? []), ...(requires?.node ?? [])];
  return packageManager === 'none' && needed.length > 0;
}

/** The source as if its row had given no scripts. */
export function withoutScripts(source: SourceSpec): SourceSpec {
  const { installScript: _install, testScript: _test, ...rest } = source;
  return rest;
}

/** What a certificate says in a few words. */
export function passing({ certificate }: Proven): string {
  const { counts, replays } = certificate;
  const flaky = counts.flaky > 0 ? `, ${counts.flaky} are flaky` : '';
  const times = replays.length === 1 ? 'in one replay' : `in each of ${replays.length} replays`;
  return `${counts.passed} of ${counts.total} tests pass ${times}${flaky}.`;
}

/** How little of a suite passes, in a sentence. */
export function poor({ figures, run }: Replay): string {
  const total = figures.passed + figures.failed + figures.skipped;
  const errors = run.collectionErrors.length;
  const unread = errors > 0 ? `, and ${errors} test files cannot be loaded` : '';
  return `Only ${figures.passed} of ${total} tests pass${unread}.`;
}
