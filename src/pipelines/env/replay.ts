// The replay gate: an environment counts when fresh builds of it run the suite the same way, again and again.
import { join } from 'node:path';
import type { ScaleConfig } from '../../config/schema.ts';
import type { Framework } from '../../core/framework.ts';
import type {
  Baseline,
  EnvironmentReplay,
  EnvironmentSpec,
  SuiteRun,
} from '../../core/schema/index.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import type { Machine } from '../../repo/machine.ts';
import { concludeBaseline, explainFailure } from '../../validation/baseline.ts';
import { layout, runSuite } from '../../validation/suite.ts';
import { buildInto } from '../environment/build.ts';
import { openEnvironment, runLimits } from '../environment/open.ts';
import { findInventedTests, findPlantedSettings } from './invented-tests.ts';
import type { Workplace } from './workplace.ts';
import { freshBase, removeBase } from './workplace.ts';

export interface ReplayScene {
  kit: Kit;
  config: ScaleConfig;
  workplace: Workplace;
  machine: Machine;
}

/** What one fresh build and one run in it have shown. */
export interface Replay {
  figures: EnvironmentReplay;
  run: SuiteRun;
  versions: Record<string, string>;
  isolation: string;
}

export interface ReplayFailure {
  code: string;
  /** A clause that begins with a small letter and has no full stop at its end. */
  detail: string;
  /** The end of what was printed. */
  output: string;
}

/** Whole replays that agree. */
export interface Agreement {
  replays: readonly Replay[];
  baseline: Baseline;
  collectionErrors: readonly string[];
}

/** At most this share of the tests, or one, may be flaky. */
const flakyShare = 0.1;

/** What builds write anew by themselves; every other committed file has to stay as it is. */
const written =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Cargo\.lock|go\.sum|composer\.lock|Gemfile\.lock|_version\.py|__version__\.py|version\.py|PKG-INFO|[\w.-]+\.egg-info\/.*)$/;

/**
 * Builds in a folder of a name of its own, so that nothing which only works in one place passes,
 * and runs the suite there, offline. `strict` holds scripts to leaving the repository as it is.
 */
export async function replayOnce(
  spec: EnvironmentSpec,
  number: number,
  scene: ReplayScene,
  strict: boolean,
): Promise<Replay | ReplayFailure> {
  const { kit, config, workplace, machine } = scene;
  const base = await freshBase(workplace, `replay-${number}`);
  try {
    const begun = performance.now();
    const built = await buildInto(base, spec, kit, config, machine);
    const installMs = performance.now() - begun;
    if (!built.ok) {
      return {
        code: 'install-failed',
        detail: `the step ${shorten(built.step)} failed: ${built.reason.replace(/\.$/, '')}`,
        output: built.logTail,
      };
    }
    const changed = built.changed.filter((file) => !written.test(file));
    if (strict && changed.length > 0) {
      return {
        code: 'install-changes-files',
        detail: `the installation changes files of the repository: ${changed.slice(0, 5).join(', ')}`,
        output: '',
      };
    }
    const clean = join(workplace.clean, layout.repository);
    const planted = strict ? await findPlantedSettings(join(base, layout.repository), clean) : [];
    if (planted.length > 0) {
      return {
        code: 'planted-settings',
        detail: `the installation writes settings for the tests that the repository does not hold: ${planted.slice(0, 5).join(', ')}`,
        output: '',
      };
    }
    const framework: Framework = await frameworks.load(spec.test.framework);
    const limits = { ...runLimits(config), timeoutMs: config.limits.baseline * 1000 };
    await using sandbox = await openEnvironment(kit, config, { spec }, base);
    const run = await runSuite({ sandbox, framework, spec }, { limits, signal: kit.signal });
    const failure = explainFailure(run, limits);
    if (failure) {
      return {
        code: failure.reason,
        detail: lowerFirst(failure.detail),
        output: failure.outputTail,
      };
    }
    const invented = strict ? await findInventedTests(run, framework, clean) : [];
    if (invented.length > 0) {
      return {
        code: 'invented-tests',
        detail: `tests run that the repository does not hold: ${invented.slice(0, 5).join(', ')}`,
        output: '',
      };
    }
    return {
      figures: { installMs: Math.round(installMs), testMs: Math.round(run.wallMs), ...count(run) },
      run,
      versions: built.versions,
      isolation: sandbox.isolation.summary,
    };
  } finally {
    await removeBase(base);
  }
}

/**
 * Adds replays to the first one until there are as many as the settings want, and compares them: a
 * test whose status is not the same in all is flaky; too many of those, and they do not agree.
 */
export async function replayAgain(
  spec: EnvironmentSpec,
  first: Replay,
  scene: ReplayScene,
  strict: boolean,
): Promise<Agreement | ReplayFailure> {
  const { kit, config } = scene;
  const total = config.environment.replays;
  const replays = [first];
  kit.emit({ type: 'stage-start', stage: 'replay', total, detail: spec.recipe });
  while (replays.length < total) {
    kit.signal.throwIfAborted();
    kit.emit({ type: 'stage-progress', stage: 'replay', done: replays.length, total });
    const replay = await replayOnce(spec, replays.length + 1, scene, strict);
    if ('code' in replay) {
      const ordinal = `${replays.length + 1} of ${total}`;
      return {
        ...replay,
        detail: `in replay ${ordinal}, after others had worked, ${replay.detail}`,
      };
    }
    replays.push(replay);
  }
  return compareReplays(replays);
}

/** Exported for tests: what whole replays come to together. */
export function compareReplays(replays: readonly Replay[]): Agreement | ReplayFailure {
  const result = concludeBaseline(replays.map(({ run }) => run));
  if (!result.ready) {
    return { code: result.reason, detail: lowerFirst(result.detail), output: result.outputTail };
  }
  const { tests } = result.baseline;
  const flaky = tests.filter(({ status }) => status === 'flaky').map(({ id }) => id);
  if (flaky.length > Math.max(1, flakyShare * tests.length)) {
    return {
      code: 'replays-differ',
      detail: `${flaky.length} of ${tests.length} tests do not end the same way in all ${replays.length} replays, ${flaky.slice(0, 3).join(', ')} first`,
      output: '',
    };
  }
  return { replays, baseline: result.baseline, collectionErrors: result.collectionErrors };
}

function count({ results }: SuiteRun): Pick<EnvironmentReplay, 'passed' | 'failed' | 'skipped'> {
  const of = (wanted: string): number => results.filter(({ status }) => status === wanted).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function shorten(step: string): string {
  const line = step.replaceAll(/\s+/g, ' ').trim();
  return `\`${line.length > 100 ? `${line.slice(0, 100)}…` : line}\``;
}
