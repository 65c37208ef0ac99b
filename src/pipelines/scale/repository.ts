// First stage: a source becomes a clean copy inside the run, once.
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository, SourceSpec } from '../../core/schema/index.ts';
import type { Kit } from '../../kit.ts';
import { checkout } from '../../repo/checkout.ts';
import type { RunPaths } from '../../store/run-folder.ts';
import { layout } from '../../validation/suite.ts';

export interface PreparedRepository {
  source: SourceSpec;
  repository: Repository;
  /** Host folder of its environment: the clean copy is `repo/` in it. */
  base: string;
}

/** Checks the source out, or finds the copy that an earlier start of this run has made. */
export async function prepareRepository(
  kit: Kit,
  paths: RunPaths,
  index: number,
  source: SourceSpec,
): Promise<PreparedRepository> {
  const stored = await kit.store.readSource(index);
  if (stored) {
    const base = join(paths.environments, stored.repository.id);
    if (await exists(join(base, layout.repository)))
      return { source, repository: stored.repository, base };
  }
  kit.emit({ type: 'stage-start', stage: 'repository', detail: source.location });
  const incoming = join(paths.environments, `.incoming-${index}`);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  try {
    const { repository } = await checkout(source, {
      into: join(incoming, layout.repository),
      provider: kit.sandbox,
      signal: kit.signal,
      emit: kit.emit,
    });
    const base = join(paths.environments, repository.id);
    await rm(base, { recursive: true, force: true });
    await rename(incoming, base);
    await kit.store.writeSource({ index, repository });
    kit.emit({
      type: 'stage-end',
      stage: 'repository',
      repository: repository.name,
      detail: `${repository.name} at ${repository.revision}`,
    });
    return { source, repository, base };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
