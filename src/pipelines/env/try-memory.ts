// Tries what has solved a neighbour.
import type { EnvironmentMaker, RememberedEnvironment } from '../../core/schema/index.ts';
import { sentence } from './attempts.ts';
import { isGoodReplay, proveFurther } from './prove.ts';
import type { Claim, Proven } from './prove.ts';
import { replayOnce } from './replay.ts';
import { specFromScripts } from './scripted-spec.ts';
import { scriptsOfSpec } from './scripts-of-spec.ts';
import { passing, plansFor, poor, withoutScripts } from './search.ts';
import type { Search } from './search.ts';

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
