// Builds one image with the engine, and pushes it.
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type Docker from 'dockerode';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import { runProgram } from '../../lib/process.ts';
import { packFolder } from '../../sandbox/remote/pack.ts';
import { proxyVariables } from '../../sandbox/remote/proxy.ts';

export interface BuildOptions {
  engine: Docker;
  /** Folder with the Dockerfile. */
  context: string;
  tag: string;
  /** Network of the install script; undefined leaves the engine's own. */
  network: string | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

export type BuildOutcome =
  | { ok: true; imageId: string; logTail: string }
  | { ok: false; reason: string; logTail: string };

const keptLog = 8_000;

/** A build that fails is data; an abort throws. */
export async function buildImage(options: BuildOptions): Promise<BuildOutcome> {
  const { engine, context, tag, network, timeoutMs, signal } = options;
  const limit = AbortSignal.timeout(timeoutMs);
  let log = '';
  const note = (text: string): void => {
    log = (log + stripVTControlCharacters(text)).slice(-keptLog);
  };
  try {
    await using packing = await packFolder(context, { owner: { user: 0, group: 0 } });
    const progress = await engine.buildImage(packing.stream, {
      t: tag,
      forcerm: true,
      // Known to every engine, used while building and recorded nowhere.
      buildargs: proxyVariables(),
      ...(network === undefined ? {} : { networkmode: network }),
      abortSignal: AbortSignal.any([signal, limit]),
    });
    await followBuild(engine, progress, note);
    const { Id } = await engine.getImage(tag).inspect();
    return { ok: true, imageId: Id, logTail: log };
  } catch (error) {
    signal.throwIfAborted();
    const reason = limit.aborted
      ? `The build did not end within ${Math.round(timeoutMs / 1000)} seconds.`
      : `The build failed: ${errorMessage(error)}.`;
    return { ok: false, reason: reason.replace(/\.\.$/, '.'), logTail: log };
  }
}

function followBuild(
  engine: Docker,
  progress: NodeJS.ReadableStream,
  note: (text: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    engine.modem.followProgress(
      progress,
      (error) => (error ? reject(error) : resolve()),
      (event: { stream?: string; status?: string; error?: string }) => {
        note(event.stream ?? (event.error === undefined ? '' : `${event.error}\n`));
        if (event.error !== undefined) reject(new Error(event.error));
      },
    );
  });
}

const PUSH_ATTEMPTS = 3;

/**
 * Pushes with the engine's own program, which knows the user's credentials. Returns the digest as
 * the registry knows it. Throws `SwemintError('push-failed')`.
 */
export async function pushImage(
  engine: Docker,
  tag: string,
  host: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  let complaint = '';
  for (let attempt = 1; attempt <= PUSH_ATTEMPTS; attempt += 1) {
    const pushed = await runProgram('docker', ['push', '--quiet', tag], {
      signal,
      ...(host === undefined ? {} : { env: { DOCKER_HOST: host } }),
    });
    if (pushed.exitCode === 0) {
      const { RepoDigests } = await engine.getImage(tag).inspect();
      return RepoDigests?.at(-1) ?? tag;
    }
    complaint = pushed.stderr.trim().split('\n').at(-1) ?? '';
    await wait(1000 * attempt, undefined, { signal });
  }
  throw new SwemintError('push-failed', `The image ${tag} could not be pushed: ${complaint}`, {
    hint: 'Log in first (docker login), and give --tag a name in a registry that you may write to.',
  });
}
