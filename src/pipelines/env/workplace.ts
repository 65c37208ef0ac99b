// The folders in which one repository is worked on: its clean copy, and fresh copies of that to build in.
import { constants } from 'node:fs';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RepositoryFacts } from '../../core/framework.ts';
import type { Repository, SourceSpec } from '../../core/schema/index.ts';
import type { Kit } from '../../kit.ts';
import { checkout } from '../../repo/checkout.ts';
import { readFacts } from '../../repo/facts.ts';
import { layout } from '../../validation/suite.ts';

export interface Workplace {
  source: SourceSpec;
  repository: Repository;
  facts: RepositoryFacts;
  /** Holds everything below; removed when the repository is done. */
  folder: string;
  /** The clean copy, never built in. */
  clean: string;
}

/** Checks the source out into `parent`; each start does so again, since a source may have changed. */
export async function openWorkplace(
  kit: Pick<Kit, 'sandbox' | 'signal' | 'emit'>,
  parent: string,
  key: string,
  source: SourceSpec,
): Promise<Workplace> {
  kit.emit({ type: 'stage-start', stage: 'repository', detail: source.location });
  const incoming = join(parent, `.incoming-${key}`);
  await rm(incoming, { recursive: true, force: true });
  try {
    const { repository } = await checkout(source, {
      into: join(incoming, layout.repository),
      provider: kit.sandbox,
      signal: kit.signal,
      emit: kit.emit,
    });
    const folder = join(parent, `${repository.id}.${key.slice(0, 6)}`);
    const clean = join(folder, 'clean');
    await mkdir(folder, { recursive: true });
    await rm(clean, { recursive: true, force: true });
    await rename(incoming, clean);
    const facts = await readFacts(join(clean, layout.repository), kit.emit);
    return { source, repository, facts, folder, clean };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** Names what is done here, for accounts and trajectories: two rows may name the same repository. */
export function payerOf({ folder }: Workplace): string {
  return basename(folder);
}

/** A base of its own with nothing but the clean copy in it. */
export async function freshBase({ folder, clean }: Workplace, name: string): Promise<string> {
  const base = join(folder, name);
  await removeBase(base);
  await mkdir(base, { recursive: true });
  await cp(join(clean, layout.repository), join(base, layout.repository), {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  return base;
}

/** Removes a base and what guarded it. */
export async function removeBase(base: string): Promise<void> {
  for (const path of [base, `${base}.git-kept`, `${base}.git-kept-new`]) {
    await rm(path, { recursive: true, force: true });
  }
}

/** Whether a folder or file is there. */
export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
