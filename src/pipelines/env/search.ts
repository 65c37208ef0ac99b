// What every way of searching shares: the scene, the ladder of recipes, and how results are told.
import type { Framework } from '../../core/framework.ts';
import type { EnvironmentSpec, SourceSpec } from '../../core/schema/index.ts';
import { planEnvironments } from '../../repo/plan.ts';
import type { AttemptLog } from './attempts.ts';
import type { Proven } from './prove.ts';
import type { Replay, ReplayScene } from './replay.ts';
import type { ScriptScene } from './scripted-spec.ts';

export interface Search extends ReplayScene {
  scripts: ScriptScene;
  log: AttemptLog;
}

/** The static recipes for a source, best first. */
export async function plansFor(
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
