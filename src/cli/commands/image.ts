// `swemint image`: environments in, Dockerfiles and container images out.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import pc from 'picocolors';
import { loadConfig } from '../../config/load.ts';
import { SwemintError } from '../../core/errors.ts';
import type { ImageRecord } from '../../core/schema/index.ts';
import { makeImages } from '../../pipelines/image/index.ts';
import { readSources } from '../../pipelines/image/sources.ts';
import { connectEngine, explainEngineError, findSocket } from '../../sandbox/docker/engine.ts';
import { parseSettings } from '../../sandbox/docker/settings.ts';
import { loadSandbox } from '../../sandbox/registry.ts';
import { listenForInterrupts } from '../interrupt.ts';
import { openProgress } from '../progress.ts';
import { renderTable } from '../render-table.ts';

interface ImageFlags {
  out?: string;
  baseImage?: string;
  tag?: string;
  push?: boolean;
  /** False for `--no-build`. */
  build?: boolean;
  workers?: unknown;
  buildTimeout?: unknown;
  config?: string;
  set?: string[];
  json?: boolean;
}

const defaultTag = 'swemint/{repository}:{digest}';
const defaultSeconds = 3600;
// Builds are bound by downloads and disks more than by cores.
const mostWorkers = 4;

/** Exit code 1 when an image could not be made, 130 when the user stopped. */
export async function imageCommand(locations: readonly string[], flags: ImageFlags): Promise<void> {
  const config = await loadConfig({
    cwd: process.cwd(),
    file: flags.config,
    assignments: flags.set ?? [],
  });
  const settings = parseSettings(config.sandboxSettings['docker']);
  const workers =
    positive(flags.workers, '--workers') ?? Math.min(mostWorkers, availableParallelism());
  const seconds = positive(flags.buildTimeout, '--build-timeout') ?? defaultSeconds;
  const sources = await readSources(locations);
  const hand = await openEngine(flags, settings.host);
  const out = flags.out ?? 'swemint-images';
  using interruption = listenForInterrupts((message) => process.stderr.write(`\n${message}\n`));
  const progress = openProgress();
  let records: ImageRecord[];
  try {
    records = await makeImages(
      {
        sandbox: await loadSandbox(config.sandbox, config.sandboxSettings),
        emit: progress.emit,
        signal: interruption.signal,
        stopping: interruption.stopping,
      },
      sources,
      {
        ...hand,
        out,
        host: settings.host,
        baseImage: flags.baseImage ?? settings.image,
        tag: flags.tag ?? defaultTag,
        push: flags.push === true,
        network: settings.network === 'bridge' ? undefined : settings.network,
        pull: settings.pull,
        timeoutMs: seconds * 1000,
        workers,
      },
    );
  } finally {
    progress.close();
  }
  report(records, out, flags.json === true, hand.withoutEngine);
  if (interruption.stopping.aborted && records.length < sources.length) process.exitCode = 130;
  else if (records.some(({ status }) => status === 'failed')) process.exitCode = 1;
}

/** An engine that was named must answer; where none was and there is none, Dockerfiles are enough. */
async function openEngine(flags: ImageFlags, host: string | undefined) {
  if (flags.build === false) {
    if (flags.push === true) {
      throw new SwemintError('usage', '--push needs the image that --no-build leaves unmade.', {
        hint: 'Leave one of them out.',
      });
    }
    return { engine: undefined, withoutEngine: 'Not built, as asked.' };
  }
  const named = host !== undefined || (process.env['DOCKER_HOST'] ?? '') !== '';
  if (!named && flags.push !== true && !existsSync(findSocket())) {
    return { engine: undefined, withoutEngine: 'Not built: no container engine was found.' };
  }
  const engine = await connectEngine(host);
  try {
    await engine.ping();
  } catch (error) {
    throw explainEngineError(error, 'be used');
  }
  return { engine, withoutEngine: '' };
}

function positive(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Number(value) > 0) return Number(value);
  throw new SwemintError(
    'usage',
    `${flag} takes a whole number above zero, not ${JSON.stringify(value)}.`,
    { hint: `For example: ${flag} 2` },
  );
}

function report(
  records: readonly ImageRecord[],
  out: string,
  json: boolean,
  withoutEngine: string,
): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ out, images: records })}\n`);
    return;
  }
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const rows = records.map(({ repository, status, baseImage, tag, imageId, pushed }) => ({
    repository: repository.name,
    status,
    from: baseImage,
    image: tag,
    digest: pushed ?? imageId?.slice(0, 19) ?? '',
  }));
  if (rows.length > 0) print(`\n${renderTable(rows)}`);
  for (const { repository, status, reason, logTail } of records) {
    if (status !== 'failed') continue;
    print(`${pc.yellow('!')} ${repository.name}: ${reason}`);
    for (const line of logTail.trim().split('\n').slice(-12)) print(`    ${line}`);
  }
  if (withoutEngine !== '') print(withoutEngine);
  const place = records.length === 1 ? join(out, records[0]?.repository.id ?? '', 'context') : out;
  print(`Dockerfiles: ${relative(process.cwd(), place) || place}`);
}
