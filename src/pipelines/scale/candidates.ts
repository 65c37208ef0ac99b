// Third stage: every mutant worth a test run, written to the ledger before any is judged.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../core/schema/index.ts';
import { SwemintError } from '../../core/errors.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import type { Kit } from '../../kit.ts';
import { git } from '../../lib/git.ts';
import { generateCandidates } from '../../strategies/procedural.ts';
import { layout } from '../../validation/suite.ts';
import type { PreparedRepository } from './repository.ts';

/** Generates the repository's candidates unless an earlier start of this run has done so. */
export async function generateStage(
  kit: Kit,
  config: ScaleConfig,
  { repository, base }: PreparedRepository,
  environment: Environment,
): Promise<void> {
  if (await kit.store.readGeneration(repository.id)) return;
  kit.emit({ type: 'stage-start', stage: 'candidates', repository: repository.name });
  const startedAt = process.cpuUsage();
  const root = join(base, layout.repository);
  const generation = generateCandidates({
    root,
    files: await listCommitted(root, kit.signal),
    language: environment.spec.language,
    seed: config.seed,
    ...(config.mutators === null ? {} : { mutators: config.mutators }),
    perEntity: config.perEntity,
    include: config.include,
    exclude: config.exclude,
    ...(config.maxCandidates === null ? {} : { maxCandidates: config.maxCandidates }),
    settings: config.mutatorSettings,
    signal: kit.signal,
  });
  await kit.store.writeCandidates(repository.id, generation.candidates, () => {
    const cpu = process.cpuUsage(startedAt);
    return { ...generation.summary(), cpuMs: Math.round((cpu.user + cpu.system) / 1000) };
  });
  const { total } = await kit.store.countCandidates(repository.id);
  if (total === 0) {
    throw new SwemintError(
      'no-candidates',
      `No code that a mutator could change was found in ${repository.name}.`,
      {
        hint: 'Check --include, --exclude and --mutator; `swemint mutators` says what each one needs.',
      },
    );
  }
  kit.emit({
    type: 'stage-end',
    stage: 'candidates',
    repository: repository.name,
    detail: `${total} candidates from ${generation.summary().entities} functions and classes`,
  });
}

/** Committed regular files: what an installation made, and links out of the tree, are not its code. */
async function listCommitted(root: string, signal: AbortSignal): Promise<string[]> {
  const listing = await git(['ls-files', '-z'], { cwd: root, signal });
  const paths = listing.split('\0').filter((path) => path !== '');
  const regular = await Promise.all(
    paths.map(async (path) => (await lstat(join(root, path)).catch(() => undefined))?.isFile()),
  );
  return paths.filter((_, index) => regular[index] === true);
}
