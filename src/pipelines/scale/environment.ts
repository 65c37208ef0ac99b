// Second stage: finds an environment in which the suite runs the same way every time, or takes the one given.
import { join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import type {
  Baseline,
  CertificateReference,
  Environment,
  EnvironmentCertificate,
  EnvironmentRecord,
  EnvironmentSpec,
  SourceSpec,
} from '../../core/schema/index.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import { readFacts } from '../../repo/facts.ts';
import { inspectMachine } from '../../repo/machine.ts';
import { explainNoEnvironment } from '../../repo/no-environment.ts';
import { planEnvironments } from '../../repo/plan.ts';
import { measureBaseline } from '../../validation/baseline.ts';
import { layout } from '../../validation/suite.ts';
import { buildInto, isBuilt } from '../environment/build.ts';
import { climbLadder, explainFailures, isGood } from '../environment/ladder.ts';
import type { Attempt, FailedAttempt } from '../environment/ladder.ts';
import { renderMaker } from '../environment/maker.ts';
import { openEnvironment, runLimits } from '../environment/open.ts';
import { recordFor } from '../environment/records.ts';
import type { PreparedRepository } from './repository.ts';

interface MeasuredAttempt extends Attempt {
  versions: Record<string, string>;
  isolation: string;
  baseline: Baseline;
}

/**
 * Finds an environment in which the suite is deterministic and parsable, not necessarily green.
 * Throws `SwemintError` with the reason of the most telling attempt when there is none.
 */
export async function prepareEnvironment(
  kit: Kit,
  config: ScaleConfig,
  prepared: PreparedRepository,
  proved?: readonly EnvironmentRecord[],
): Promise<Environment> {
  const { repository, base, source } = prepared;
  const stored = await kit.store.readEnvironment(repository.id);
  if (stored) {
    if (!(await isBuilt(base))) await install(kit, config, base, stored.spec);
    return stored;
  }

  kit.emit({ type: 'stage-start', stage: 'environment', repository: repository.name });
  const given = proved && recordFor(repository, proved);
  const plans = given ? [given.environment.spec] : await planLadder(kit, base, source);
  const { best, failures, last } = await climbLadder(
    plans,
    (spec) => tryEnvironment(kit, config, base, spec),
    kit,
  );
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
    ...(given?.certificate ? { certificate: referTo(given.certificate) } : {}),
  };
  if (given?.certificate) tellDrift(kit, repository.name, best.versions, given.certificate);
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

async function planLadder(kit: Kit, base: string, source: SourceSpec): Promise<EnvironmentSpec[]> {
  const facts = await readFacts(join(base, layout.repository), kit.emit);
  const machine = inspectMachine(kit.sandbox);
  const known = await frameworks.loadAll();
  const plans = await planEnvironments(facts, source, machine, known, kit.emit);
  if (plans.length === 0) throw await explainNoEnvironment(facts, source, machine, known);
  return plans;
}

function referTo({ digest, digests, maker }: EnvironmentCertificate): CertificateReference {
  return { digest, maker: renderMaker(maker), packages: digests.packages };
}

/** Unpinned packages move on: labels are made with what is installed now, and the user is told. */
function tellDrift(
  kit: Kit,
  name: string,
  versions: Readonly<Record<string, string>>,
  certificate: EnvironmentCertificate,
): void {
  const before = certificate.versions;
  const moved = [...new Set([...Object.keys(before), ...Object.keys(versions)])]
    .filter((one) => before[one] !== versions[one])
    .map((one) => `${one} ${before[one] ?? 'absent'} → ${versions[one] ?? 'absent'}`);
  if (moved.length === 0) return;
  kit.emit({
    type: 'warning',
    code: 'versions-moved',
    message: `${name} was built with other versions than its certificate names: ${moved.slice(0, 5).join(', ')}${moved.length > 5 ? ` and ${moved.length - 5} more` : ''}.`,
  });
}

async function tryEnvironment(
  kit: Kit,
  config: ScaleConfig,
  base: string,
  spec: EnvironmentSpec,
): Promise<MeasuredAttempt | FailedAttempt> {
  const failed = (code: string, detail: string, output: string): FailedAttempt => ({
    recipe: spec.recipe,
    framework: spec.test.framework,
    code,
    detail,
    output,
  });
  const built = await buildInto(base, spec, kit, config);
  if (!built.ok)
    return failed(
      'install-failed',
      `the step "${built.step}" failed: ${built.reason.replace(/^I/, 'i').replace(/\.$/, '')}`,
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
  const result = await measureBaseline(
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
    good: isGood(passing, result.baseline.tests.length, result.collectionErrors.length),
  };
}

/** Builds again what has worked before. */
async function install(
  kit: Kit,
  config: ScaleConfig,
  base: string,
  spec: EnvironmentSpec,
): Promise<void> {
  const result = await buildInto(base, spec, kit, config);
  if (result.ok) return;
  throw new SwemintError(
    'install-failed',
    `The environment could not be built again: the step "${result.step}" failed. ${result.reason}\n${result.logTail}`,
    {
      hint: 'Check that the package registries are reachable, then start the same command again.',
    },
  );
}
