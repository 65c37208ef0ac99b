// Finds the environments that images are wanted of: in runs of `env` and `scale`, and in their records.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import type { EnvironmentRecord, EnvironmentSpec, Repository } from '../../core/schema/index.ts';
import { openRunForReading, runPaths } from '../../store/run-folder.ts';
import { layout } from '../../validation/suite.ts';
import { readRecords } from '../environment/records.ts';

export interface ImageSource {
  repository: Repository;
  digest: string;
  spec: EnvironmentSpec;
  /** What was found in it: interpreter and packages. */
  versions: Readonly<Record<string, string>>;
  /** The run's own clean copy of the repository, where the run still has it. */
  copy: string | undefined;
}

/** Reads run folders and `environments.jsonl` files. Throws `SwemintError('no-such-environment')`. */
export async function readSources(locations: readonly string[]): Promise<ImageSource[]> {
  const found = new Map<string, ImageSource>();
  for (const location of locations) {
    const sources = await readLocation(location);
    if (sources.length === 0) {
      throw new SwemintError(
        'no-such-environment',
        `${location} holds no environment that was set up.`,
        {
          hint: 'Set one up first: swemint env or swemint scale; the run’s report says what stood in the way.',
        },
      );
    }
    for (const source of sources) found.set(`${source.repository.id} ${source.digest}`, source);
  }
  return [...found.values()];
}

async function readLocation(location: string): Promise<ImageSource[]> {
  const kind = await stat(location).catch(() => undefined);
  if (!kind) {
    throw new SwemintError('no-such-environment', `There is no ${location}.`, {
      hint: 'Give the folder of a run of `swemint env` or `swemint scale`, or its environments.jsonl.',
    });
  }
  if (kind.isFile()) return fromRecords(await readRecords(location), undefined);
  const paths = runPaths(location);
  const records = await isFile(paths.environmentRecords);
  if (records) return fromRecords(await readRecords(paths.environmentRecords), paths.environments);
  await using run = await openRunForReading(location);
  const sources: ImageSource[] = [];
  for (const { repository } of await run.store.listSources()) {
    const environment = await run.store.readEnvironment(repository.id);
    if (!environment) continue;
    const { digest, spec, versions } = environment;
    const copy = await copyOf(paths.environments, repository);
    sources.push({ repository, digest, spec, versions, copy });
  }
  return sources;
}

async function fromRecords(
  records: readonly EnvironmentRecord[],
  environments: string | undefined,
): Promise<ImageSource[]> {
  const sources: ImageSource[] = [];
  for (const { status, repository, environment, certificate } of records) {
    if (status !== 'success' || !repository || !environment) continue;
    sources.push({
      repository,
      ...environment,
      versions: certificate?.versions ?? {},
      copy: environments === undefined ? undefined : await copyOf(environments, repository),
    });
  }
  return sources;
}

async function copyOf(environments: string, { id }: Repository): Promise<string | undefined> {
  const copy = join(environments, id, layout.repository);
  const found = await stat(join(copy, '.git')).catch(() => undefined);
  return found?.isDirectory() === true ? copy : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
