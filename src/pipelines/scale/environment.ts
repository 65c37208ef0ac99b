// Second stage: walks the ladder of install recipes until the suite runs the same way every time.
import { cp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SwemintError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import type { Limits, Sandbox } from '../../core/sandbox.ts';
import type { Baseline, Environment, EnvironmentSpec } from '../../core/schema/index.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import { buildEnvironment } from '../../repo/build.ts';
import { readFacts } from '../../repo/facts.ts';
import { inspectMachine } from '../../repo/machine.ts';
import { explainNoEnvironment } from '../../repo/no-environment.ts';
import { planEnvironments } from '../../repo/plan.ts';
import { fillVariables } from '../../repo/variables.ts';
import { measureBaseline } from '../../validation/baseline.ts';
import type { BaselineResult } from '../../validation/baseline.ts';
import { layout } from '../../validation/suite.ts';
import type { PreparedRepository } from './repository.ts';

/** Host folder of the programs that run inside sandboxes. */
export const runnersFolder = fileURLToPath(new URL('../../../runners/', import.meta.url));

/** An attempt at or above this share of passing tests, with every file loaded, ends the ladder. */
const goodShare = 0.9;

interface Attempt {
  spec: EnvironmentSpec;
  versions: Record<string, string>;
  isolation: string;
  baseline: Baseline;
  passing: number;
  good: boolean;
}

interface FailedAttempt {
  recipe: string;
  framework: string;
  code: string;
  detail: string;
  output: string;
}

/**
 * Finds an environment in which the suite is deterministic and parsable, not necessarily green.
 * Throws `SwemintError` with the reason of the most telling attempt when there is none.
 */
export async function prepareEnvironment(
  kit: Kit,
  config: ScaleConfig,
  prepared: PreparedRepository,
): Promise<Environment> {
  const { repository, base, source } = prepared;
  const stored = await kit.store.readEnvironment(repository.id);
  if (stored) {
    if (!(await isBuilt(base))) await install(kit, config, base, stored.spec);
    return stored;
  }

  kit.emit({ type: 'stage-start', stage: 'environment', repository: repository.name });
  const facts = await readFacts(join(base, layout.repository), kit.emit);
  const machine = inspectMachine(kit.sandbox);
  const known = await frameworks.loadAll();
  const plans = await planEnvironments(facts, source, machine, known, kit.emit);
  if (plans.length === 0) throw await explainNoEnvironment(facts, source, machine, known);
  const failures: FailedAttempt[] = [];
  let best: Attempt | undefined;
  let last: EnvironmentSpec | undefined;
  for (const spec of plans) {
    kit.signal.throwIfAborted();
    last = spec;
    const result = await tryEnvironment(kit, config, base, spec);
    if ('code' in result) {
      failures.push(result);
      kit.emit({
        type: 'warning',
        code: 'recipe-failed',
        message: `The recipe ${result.recipe} with ${result.framework} did not work: ${result.detail}.`,
      });
      continue;
    }
    if (!best || result.passing > best.passing) best = result;
    if (result.good) break;
  }
  if (!best) throw explainFailures(repository.name, failures);
  if (last !== best.spec) {
    await install(kit, config, base, best.spec);
  }

  const environment: Environment = {
    digest: contentHash(repository.commit, JSON.stringify(best.spec)),
    repositoryId: repository.id,
    spec: best.spec,
    versions: best.versions,
    isolation: best.isolation,
    baseline: best.baseline,
  };
  await kit.store.writeEnvironment(environment);
  const flaky = best.baseline.tests.filter(({ status }) => status === 'flaky').length;
  kit.emit({
    type: 'stage-end',
    stage: 'baseline',
    repository: repository.name,
    detail: `${best.passing} of ${best.baseline.tests.length} tests pass every time${flaky > 0 ? `, ${flaky} are flaky` : ''} (${best.spec.test.framework}, ${best.spec.recipe})`,
  });
  return environment;
}

async function tryEnvironment(
  kit: Kit,
  config: ScaleConfig,
  base: string,
  spec: EnvironmentSpec,
): Promise<Attempt | FailedAttempt> {
  const failed = (code: string, detail: string, output: string): FailedAttempt => ({
    recipe: spec.recipe,
    framework: spec.test.framework,
    code,
    detail,
    output,
  });
  const built = await build(kit, config, base, spec);
  if (!built.ok)
    return failed(
      'install-failed',
      `the step "${built.step}" failed. ${built.reason}`,
      built.logTail,
    );

  const framework = await frameworks.load(spec.test.framework);
  kit.emit({
    type: 'stage-start',
    stage: 'baseline',
    total: config.baselineRuns,
    detail: `${framework.name}, ${spec.recipe}`,
  });
  await using sandbox = await openEnvironment(kit, config, { spec }, base);
  const result: BaselineResult = await measureBaseline(
    { sandbox, framework, spec },
    {
      runs: config.baselineRuns,
      limits: { ...runLimits(config), timeoutMs: config.limits.baseline * 1000 },
      signal: kit.signal,
      onRun: (done) =>
        kit.emit({ type: 'stage-progress', stage: 'baseline', done, total: config.baselineRuns }),
    },
  );
  if (!result.ready)
    return failed(result.reason, result.detail.replace(/^T/, 't'), result.outputTail);
  const passing = result.baseline.tests.filter(({ status }) => status === 'passed').length;
  return {
    spec,
    versions: built.versions,
    isolation: sandbox.isolation.summary,
    baseline: result.baseline,
    passing,
    good:
      result.collectionErrors.length === 0 && passing >= goodShare * result.baseline.tests.length,
  };
}

/** Runs a recipe from a clean copy; our runners arrive last, as the mark of a finished build. */
async function build(kit: Kit, config: ScaleConfig, base: string, spec: EnvironmentSpec) {
  await rm(join(base, layout.runners), { recursive: true, force: true });
  const result = await buildEnvironment(spec, {
    base,
    provider: kit.sandbox,
    signal: kit.signal,
    emit: kit.emit,
    timeoutMs: config.limits.install * 1000,
  });
  if (result.ok) await cp(runnersFolder, join(base, layout.runners), { recursive: true });
  return result;
}

/** Builds again what has worked before. */
async function install(
  kit: Kit,
  config: ScaleConfig,
  base: string,
  spec: EnvironmentSpec,
): Promise<void> {
  const result = await build(kit, config, base, spec);
  if (result.ok) return;
  throw new SwemintError(
    'install-failed',
    `The environment could not be built again: the step "${result.step}" failed. ${result.reason}\n${result.logTail}`,
    {
      hint: 'Check that the package registries are reachable, then start the same command again.',
    },
  );
}

async function isBuilt(base: string): Promise<boolean> {
  return stat(join(base, layout.runners)).then(
    () => true,
    () => false,
  );
}

/** Opens a sandbox over an environment's folder: offline and copy-on-write. */
export async function openEnvironment(
  kit: Pick<Kit, 'sandbox' | 'signal'>,
  config: ScaleConfig,
  { spec }: Pick<Environment, 'spec'>,
  base: string,
): Promise<Sandbox> {
  return kit.sandbox.open({
    base,
    access: 'copy-on-write',
    network: false,
    env: fillVariables(spec.env, base),
    limits: runLimits(config),
    signal: kit.signal,
  });
}

/** The limits of every run in an environment, without its time limit. */
export function runLimits(config: ScaleConfig): Limits {
  const megabyte = 1024 * 1024;
  return {
    memoryBytes: config.limits.memory * megabyte,
    processes: config.limits.processes,
    outputBytes: config.limits.output * megabyte,
    diskBytes: config.limits.disk * megabyte,
  };
}

const hints: Record<string, string> = {
  'no-tests':
    'swemint needs a suite that one of its frameworks can run; `swemint frameworks` lists them.',
  'collection-failed':
    'Make the suite load first: run it by hand in a fresh checkout, or give install_script and test_script with --input.',
  'all-tests-fail':
    'Make some tests pass first: run the suite by hand in a fresh checkout, or give install_script and test_script with --input.',
  'timed-out':
    'Raise the limit with --set limits.baseline=SECONDS, or select fewer tests in the repository’s configuration.',
  'suite-crashed': 'Run the suite by hand in a fresh checkout to see why it stops.',
  'install-failed':
    'Give working commands with --input (install_script, test_script), or install what the message names.',
};

/** The attempt that came furthest tells most: a suite that ran beats one that was never installed. */
const telling = [
  'all-tests-fail',
  'timed-out',
  'suite-crashed',
  'collection-failed',
  'no-tests',
  'install-failed',
];

function explainFailures(name: string, failures: readonly FailedAttempt[]): SwemintError {
  const [worst] = failures.toSorted((a, b) => telling.indexOf(a.code) - telling.indexOf(b.code));
  if (!worst) throw new Error('A ladder without attempts has been explained before.');
  const output = worst.output.trim().split('\n').slice(-12).join('\n');
  return new SwemintError(
    worst.code,
    `${name} has no usable test environment: ${worst.detail} (${worst.framework}, ${worst.recipe}).${output === '' ? '' : `\n${output}`}`,
    { hint: hints[worst.code] ?? 'Run the suite by hand in a fresh checkout.' },
  );
}
