// Tries the static recipes, best first.
import type { SwemintError } from '../../core/errors.ts';
import type { EnvironmentMaker, EnvironmentSpec, SourceSpec } from '../../core/schema/index.ts';
import { explainNoEnvironment } from '../../repo/no-environment.ts';
import { climbLadder, explainFailures } from '../environment/ladder.ts';
import type { FailedAttempt } from '../environment/ladder.ts';
import { describeTried } from './agent/prompts/task.ts';
import { sentence } from './attempts.ts';
import { isGoodReplay, proveFurther } from './prove.ts';
import type { Claim, Proven } from './prove.ts';
import { replayOnce } from './replay.ts';
import type { Replay, ReplayFailure } from './replay.ts';
import { scriptsOfSpec } from './scripts-of-spec.ts';
import { passing, plansFor, poor } from './search.ts';
import type { Search } from './search.ts';

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
