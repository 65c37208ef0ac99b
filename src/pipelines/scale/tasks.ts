// Last stage: kept candidates become task records, the same ones every time the ledger is read.
import { join } from 'node:path';
import { shortHash } from '../../core/ids.ts';
import type { Candidate, Environment, Repository, Task, Verdict } from '../../core/schema/index.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { frameworks } from '../../frameworks/registry.ts';
import { openTestSources } from '../../issues/test-source.ts';
import { writeStatement } from '../../issues/statement.ts';
import { reversePatch } from '../../lib/diff.ts';
import { renderVerifierScript } from '../../lib/verifier-script.ts';
import { version } from '../../lib/version.ts';
import { renderSource } from '../../repo/parse-source.ts';
import type { Run } from '../../store/run-folder.ts';
import { layout } from '../../validation/suite.ts';

type Kept = Extract<Verdict, { status: 'kept' }>;

/** Every task of a run, by source and order of generation. */
export async function* assembleTasks(
  { store, paths }: Run,
  config: Pick<ScaleConfig, 'seed' | 'statement' | 'mode'>,
): AsyncGenerator<Task> {
  for (const { repository } of await store.listSources()) {
    const environment = await store.readEnvironment(repository.id);
    if (!environment) continue;
    const root = join(paths.environments, repository.id, layout.repository);
    const assemble = await createAssembler(repository, environment, root, config);
    for await (const { candidate, verdict } of store.listCandidates(repository.id)) {
      if (verdict?.status === 'kept') yield await assemble(candidate, verdict);
    }
  }
}

async function createAssembler(
  repository: Repository,
  environment: Environment,
  root: string,
  config: Pick<ScaleConfig, 'seed' | 'statement' | 'mode'>,
): Promise<(candidate: Candidate, verdict: Kept) => Promise<Task>> {
  const framework = await frameworks.load(environment.spec.test.framework);
  const sources = openTestSources(root);
  const { baseline, spec, digest, versions, certificate } = environment;
  const passing = baseline.tests.filter(({ status }) => status === 'passed');
  const flaky = baseline.tests.filter(({ status }) => status === 'flaky').map(({ id }) => id);
  const fileOf = new Map(baseline.tests.map(({ id, file }) => [id, file]));

  return async (candidate, verdict) => {
    const notPassing = new Set([...verdict.failToPass.map(({ id }) => id), ...verdict.unlabelled]);
    const statement = await writeStatement({
      method: config.statement,
      seed: config.seed,
      candidate,
      verdict,
      sources,
    });
    const failingFiles = verdict.failToPass.map(({ id }) => fileOf.get(id) ?? '');
    const files = [...new Set(failingFiles.filter((file) => file !== ''))].toSorted();
    return {
      schemaVersion: 1,
      id: `${repository.id}.${candidate.mutator}__${shortHash(candidate.id)}`,
      family: 'bug-fix',
      strategy: candidate.strategy,
      repository: {
        id: repository.id,
        name: repository.name,
        source: renderSource(repository.source),
        revision: repository.revision,
        commit: repository.commit,
        language: candidate.language,
        license: repository.license,
      },
      environment: { digest, spec, versions, ...(certificate ? { certificate } : {}) },
      bugPatch: candidate.patch,
      oraclePatch: reversePatch(candidate.patch),
      statement,
      failToPass: verdict.failToPass,
      passToPass: passing.map(({ id }) => id).filter((id) => !notPassing.has(id)),
      failToFail: verdict.failToFail,
      passToFail: verdict.passToFail,
      verifier: {
        script: renderVerifierScript({
          env: spec.env,
          cwd: spec.test.cwd,
          ...(spec.test.build === undefined ? {} : { build: spec.test.build }),
          plainCommand: framework.plainCommand(spec.test),
        }),
        files,
        logParser: framework.logParser,
      },
      evidence: {
        mode: config.mode,
        baselineRuns: baseline.runs,
        flakyTests: flaky,
        runs: verdict.runs,
        isolation: environment.isolation,
      },
      provenance: {
        mutator: candidate.mutator,
        entity: candidate.entity,
        explanation: candidate.explanation,
        seed: config.seed,
        swemint: version,
      },
    };
  };
}
