// The recipe of images: environment → context → image, each step done once.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import { imageRecord } from '../../core/schema/index.ts';
import type { ImageRecord } from '../../core/schema/index.ts';
import type { Kit } from '../../kit.ts';
import { writeAtomic } from '../../lib/atomic-file.ts';
import { version } from '../../lib/version.ts';
import { inspectImage } from '../../sandbox/docker/image.ts';
import { chooseBaseImage } from './base-image.ts';
import { buildImage, pushImage } from './build.ts';
import { renderContext, writeContext } from './context.ts';
import type { ImageSource } from './sources.ts';
import { renderTag } from './tag.ts';

export interface ImageOptions {
  /** Folder for contexts and records, one folder per repository in it. */
  out: string;
  /** Undefined: contexts alone are written. */
  engine: Docker | undefined;
  /** Why there is no engine, or none is used; one sentence. */
  withoutEngine: string;
  /** The engine's address, where it is not the usual one. */
  host: string | undefined;
  baseImage: string | undefined;
  /** May hold `{repository}` and `{digest}`. */
  tag: string;
  push: boolean;
  network: string | undefined;
  pull: 'missing' | 'never';
  timeoutMs: number;
  workers: number;
}

interface Plan {
  source: ImageSource;
  baseImage: string;
  tag: string;
  folder: string;
  key: string;
}

/**
 * Makes an image of every environment, several at once. One that fails does not stop the others.
 * Throws `SwemintError` before any work when a base image cannot be had or two images would share a name.
 */
export async function makeImages(
  kit: Pick<Kit, 'sandbox' | 'emit' | 'signal' | 'stopping'>,
  sources: readonly ImageSource[],
  options: ImageOptions,
): Promise<ImageRecord[]> {
  const plans = await Promise.all(sources.map((source) => plan(source, options)));
  refuseSharedNames(plans);
  if (options.engine) {
    for (const name of new Set(plans.map(({ baseImage }) => baseImage))) {
      await inspectImage(options.engine, name, options);
    }
  }
  const records = new Map<Plan, ImageRecord>();
  const queue = [...plans];
  kit.emit({ type: 'stage-start', stage: 'image', total: plans.length });
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next && !kit.stopping.aborted; next = queue.shift()) {
      records.set(next, await make(kit, next, options));
      kit.emit({ type: 'stage-progress', stage: 'image', done: records.size, total: plans.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, plans.length) }, worker));
  return plans.flatMap((one) => records.get(one) ?? []);
}

async function plan(source: ImageSource, options: ImageOptions): Promise<Plan> {
  const baseImage = options.baseImage ?? chooseBaseImage(source);
  const tag = renderTag(options.tag, source);
  const texts = await renderContext(source, baseImage);
  const key = contentHash(source.repository.commit, JSON.stringify(texts), tag);
  return { source, baseImage, tag, key, folder: join(options.out, source.repository.id) };
}

function refuseSharedNames(plans: readonly Plan[]): void {
  const names = new Set(plans.map(({ tag }) => tag));
  if (names.size === plans.length) return;
  throw new SwemintError(
    'usage',
    `${plans.length} images cannot all have the name ${plans[0]?.tag}.`,
    {
      hint: 'Let --tag hold {repository} and {digest}, e.g. --tag mine/{repository}:{digest}',
    },
  );
}

async function make(
  kit: Pick<Kit, 'sandbox' | 'emit' | 'signal'>,
  one: Plan,
  options: ImageOptions,
): Promise<ImageRecord> {
  const started = performance.now();
  const { source, baseImage, tag, folder, key } = one;
  const recordFile = join(folder, 'image.json');
  const earlier = await readRecord(recordFile);
  if (earlier?.key === key && (await isDone(earlier, options))) return earlier;

  const finish = async (
    told: Pick<ImageRecord, 'status' | 'reason'> & Partial<ImageRecord>,
  ): Promise<ImageRecord> => {
    const { id, name, commit } = source.repository;
    const record: ImageRecord = {
      schemaVersion: 1,
      repository: { id, name, commit },
      environment: source.digest,
      key,
      baseImage,
      tag,
      imageId: null,
      pushed: null,
      context: 'context',
      logTail: '',
      durationMs: Math.round(performance.now() - started),
      date: new Date().toISOString(),
      swemint: version,
      ...told,
    };
    await writeAtomic(recordFile, `${JSON.stringify(record, null, 2)}\n`);
    return record;
  };

  await mkdir(folder, { recursive: true });
  // What there is of it, should a later step fail.
  let built: Pick<ImageRecord, 'imageId' | 'logTail'> | undefined;
  try {
    const { engine } = options;
    if (engine && earlier?.key === key && (await isBuilt(earlier, engine))) {
      built = { imageId: earlier.imageId, logTail: earlier.logTail };
    } else {
      const context = join(folder, 'context');
      await writeContext(kit, source, await renderContext(source, baseImage), context);
      if (!engine) return await finish({ status: 'written', reason: options.withoutEngine });
      const outcome = await buildImage({
        engine,
        context,
        tag,
        network: options.network,
        timeoutMs: options.timeoutMs,
        signal: kit.signal,
      });
      const { logTail } = outcome;
      if (!outcome.ok) return await finish({ status: 'failed', reason: outcome.reason, logTail });
      built = { imageId: outcome.imageId, logTail };
    }
    // Written before the push, which can be tried again alone.
    const done = { ...built, status: 'built' as const, reason: `Built from ${baseImage}.` };
    const record = await finish(done);
    if (!options.push) return record;
    return await finish({
      ...done,
      pushed: await pushImage(engine, tag, options.host, kit.signal),
    });
  } catch (error) {
    kit.signal.throwIfAborted();
    if (!(error instanceof SwemintError)) throw error;
    return await finish({ ...built, status: 'failed', reason: errorMessage(error) });
  }
}

/** An image that the engine has lost, or that was to be pushed and was not, is not done. */
async function isDone(record: ImageRecord, { engine, push }: ImageOptions): Promise<boolean> {
  if (!engine) return record.status !== 'failed';
  if (record.status !== 'built' || (push && record.pushed === null)) return false;
  return isBuilt(record, engine);
}

/** Also of a record that tells of a failed push. */
async function isBuilt({ tag, imageId }: ImageRecord, engine: Docker): Promise<boolean> {
  if (imageId === null) return false;
  const found = await engine
    .getImage(tag)
    .inspect()
    .catch(() => undefined);
  return found?.Id === imageId;
}

async function readRecord(file: string): Promise<ImageRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return imageRecord.parse(JSON.parse(text));
  } catch {
    return undefined; // Of another version: made anew.
  }
}
