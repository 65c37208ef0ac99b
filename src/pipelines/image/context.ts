// Lays out the folder that an image is built from: the Dockerfile, the scripts, the committed files.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import type { Framework } from '../../core/framework.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import { git } from '../../lib/git.ts';
import { renderVerifierScript } from '../../lib/verifier-script.ts';
import { checkout } from '../../repo/checkout.ts';
import { renderDockerfile, renderInstallScript } from './dockerfile.ts';
import type { ImageSource } from './sources.ts';

/** The texts of a context, which with the commit decide the image. */
export interface ContextTexts {
  dockerfile: string;
  install: string;
  verify: string;
}

export async function renderContext(source: ImageSource, baseImage: string): Promise<ContextTexts> {
  const { repository, digest, spec } = source;
  const framework = await frameworks.load(spec.test.framework);
  return {
    dockerfile: renderDockerfile({
      baseImage,
      spec,
      labels: {
        'swemint.repository': repository.name,
        'swemint.commit': repository.commit,
        'swemint.environment': digest,
      },
    }),
    install: renderInstallScript(spec, borrowedPackages(source, framework)),
    verify: renderVerifierScript({
      env: spec.env,
      cwd: spec.test.cwd,
      ...(spec.test.build === undefined ? {} : { build: spec.test.build }),
      plainCommand: framework.plainCommand(spec.test),
    }),
  };
}

/** A recipe that installs nothing runs the framework that its machine happens to have. */
function borrowedPackages({ spec, versions }: ImageSource, { requires }: Framework): string[] {
  if (spec.packageManager !== 'none') return [];
  return (requires.python ?? []).map((name) => {
    const found = versions[name];
    return found === undefined ? name : `${name}==${found}`;
  });
}

/**
 * Writes the context to `folder`, whole or not at all. The repository comes from the run's copy, or
 * from its source again. Throws `SwemintError('other-code')` when that holds another state by now.
 */
export async function writeContext(
  kit: Pick<Kit, 'sandbox' | 'emit' | 'signal'>,
  source: ImageSource,
  texts: ContextTexts,
  folder: string,
): Promise<void> {
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const repo = join(partial, 'repo');
  const commit =
    source.copy === undefined
      ? await fetchAgain(kit, source, repo)
      : await clone(source.copy, repo);
  if (commit !== source.repository.commit) {
    throw new SwemintError(
      'other-code',
      `${source.repository.source.location} does not hold the code that the environment was proved with.`,
      { hint: 'Set the environment up again: swemint env.' },
    );
  }
  await writeFile(join(partial, 'Dockerfile'), texts.dockerfile);
  await writeFile(join(partial, 'install.sh'), texts.install, { mode: 0o755 });
  await writeFile(join(partial, 'verify.sh'), texts.verify, { mode: 0o755 });
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
}

/** Committed files only: an installation has left its products in the copy. */
async function clone(copy: string, into: string): Promise<string> {
  await git(['clone', '--quiet', '--no-local', '--no-tags', copy, into]);
  await git(['remote', 'remove', 'origin'], { cwd: into });
  return (await git(['rev-parse', 'HEAD'], { cwd: into })).trim();
}

async function fetchAgain(
  kit: Pick<Kit, 'sandbox' | 'emit' | 'signal'>,
  { repository }: ImageSource,
  into: string,
): Promise<string> {
  const { source, revision } = repository;
  const exact = source.kind === 'folder' ? source : { ...source, revision };
  const found = await checkout(exact, {
    into,
    provider: kit.sandbox,
    signal: kit.signal,
    emit: kit.emit,
  });
  return found.repository.commit;
}
