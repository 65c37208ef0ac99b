// Brings a source in: a clean, single-commit copy of its files and what can be told from them.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { RepositoryFacts } from '../core/framework.ts';
import type { SandboxProvider } from '../core/sandbox.ts';
import type { Repository, SourceSpec } from '../core/schema/index.ts';
import { explainFileError } from '../lib/files.ts';
import { commitFolder } from './clean-copy.ts';
import { readFacts } from './facts.ts';
import { copyFolder } from './folder-source.ts';
import { copyGit } from './git-source.ts';
import { declaredLicense, recogniseName, repositoryId } from './identity.ts';
import type { CopiedSource, CopyContext } from './source-copy.ts';
import { sourceLanguages } from './source-languages.ts';

export interface CheckoutOptions {
  /** The folder to make, `repo/` inside an environment's base. It must not exist, or be empty. */
  into: string;
  /** Where code of a `pypi:` package may run while its archive is fetched. */
  provider?: SandboxProvider | undefined;
  signal?: AbortSignal | undefined;
  emit?: Emit | undefined;
}

/**
 * Copies a source to `into` as a git repository of one commit, which depends on the files alone:
 * no remotes, history, reflogs or hooks. The source itself is never written to.
 * Throws `SwemintError` for everything a user can mend: `no-such-source`, `dirty-repository`,
 * `no-such-commit`, `cannot-fetch`, `no-such-package`, `no-permission`, `disk-full`, …
 */
export async function checkout(
  spec: SourceSpec,
  options: CheckoutOptions,
): Promise<{ repository: Repository; path: string }> {
  const into = resolve(options.into);
  try {
    await mkdir(dirname(into), { recursive: true });
    if ((await readdir(into).catch(() => [])).length > 0) {
      throw new SwemintError('folder-not-empty', `${into} already holds files.`, {
        hint: 'Choose a folder that does not exist yet.',
      });
    }
    const scratch = await mkdtemp(join(dirname(into), `.${basename(into)}-source-`));
    try {
      const { provider, signal, emit } = options;
      const copied = await copiers[spec.kind](spec, { into, scratch, provider, signal, emit });
      const commit = await commitFolder(into, signal);
      return { repository: await describe(spec, copied, into, commit, emit), path: into };
    } catch (error) {
      await rm(into, { recursive: true, force: true });
      throw error;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  } catch (error) {
    throw explainFileError(error, `write ${into}`);
  }
}

/** One way of copying per kind of source; those that start package managers are loaded when used. */
const copiers: Readonly<
  Record<SourceSpec['kind'], (spec: SourceSpec, context: CopyContext) => Promise<CopiedSource>>
> = {
  folder: copyFolder,
  git: copyGit,
  npm: async (spec, context) => (await import('./npm-source.ts')).copyNpm(spec, context),
  pypi: async (spec, context) => (await import('./pypi-source.ts')).copyPypi(spec, context),
};

async function describe(
  spec: SourceSpec,
  copied: CopiedSource,
  path: string,
  commit: string,
  emit: Emit | undefined,
): Promise<Repository> {
  const facts = await readFacts(path, emit);
  warnOfPointers(facts, emit);
  const name = spec.name ?? recogniseName(facts, copied);
  return {
    id: repositoryId(name, commit),
    name,
    source: spec,
    revision: copied.revision,
    commit,
    languages: sourceLanguages(facts),
    license: declaredLicense(facts),
  };
}

/** Files kept in git-lfs arrive as the small texts that stand for them. */
function warnOfPointers(facts: RepositoryFacts, emit: Emit | undefined): void {
  const usesLfs = facts.files.some(
    (file) => basename(file) === '.gitattributes' && facts.read(file)?.includes('filter=lfs'),
  );
  if (!usesLfs) return;
  const pointers = facts.files.filter((file) =>
    facts.read(file)?.startsWith('version https://git-lfs.github.com/spec/'),
  );
  if (pointers.length === 0) return;
  emit?.({
    type: 'warning',
    code: 'lfs-pointers',
    message: `${pointers.length} files are kept in git-lfs and were not fetched, ${pointers[0]} first.`,
    hint: 'Tests that need them will fail.',
  });
}
