// An image made ready: there, with a shell, and with what must be known of it.
import type Docker from 'dockerode';
import { SwemintError } from '../../core/errors.ts';
import type { Owner } from '../remote/pack.ts';
import { explainEngineError, statusOf } from './engine.ts';
import type { DockerSettings } from './settings.ts';
import { runOnce } from './run-once.ts';

export interface PreparedImage {
  /** Content address: the same name may mean another image later. */
  id: string;
  /** The image's own variables, `PATH` among them. */
  env: Readonly<Record<string, string>>;
  /** As given to the engine. */
  user: string;
  owner: Owner;
}

const PROGRAMS = ['env', 'cat', 'tar', 'find', 'stat', 'dirname', 'mkdir', 'chmod', 'ln', 'rm'];
const NOBODY = '65534:65534';

const question = `id -u && id -g && for name in ${PROGRAMS.join(' ')}; do
  command -v "$name" >/dev/null || { echo "no $name"; exit 1; }
done`;

/** Fetches the image where allowed. Throws `SwemintError`: `no-image`, `no-such-image`, `unusable-image`. */
export async function prepareImage(
  engine: Docker,
  name: string | undefined,
  settings: DockerSettings,
): Promise<PreparedImage> {
  if (name === undefined) {
    throw new SwemintError('no-image', 'The docker sandbox needs an image.', {
      hint: 'Name one that has the target’s programs: --set sandboxSettings.docker.image=python:3.12',
    });
  }
  const info = await inspectImage(engine, name, settings);
  const user = settings.user ?? (isRoot(info.Config.User) ? NOBODY : info.Config.User);
  const unusable = (cause: unknown): SwemintError =>
    new SwemintError('unusable-image', `The image ${name} cannot be used as a sandbox.`, {
      hint: 'It needs /bin/sh, coreutils, find and tar on its PATH, for its user too.',
      cause,
    });
  const argv = ['/bin/sh', '-c', question];
  const { exitCode, output } = await runOnce(engine, { image: info.Id, user, argv }).catch(
    (error: unknown) => {
      // No shell, no such user: the engine's word for it.
      if (error instanceof SwemintError && error.code === 'engine-failed') throw unusable(error);
      throw error;
    },
  );
  const [uid = '', gid = ''] = output.trim().split('\n');
  if (exitCode !== 0 || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) {
    throw unusable(new Error(output));
  }
  return {
    id: info.Id,
    env: Object.fromEntries(
      (info.Config.Env ?? []).map((pair) => {
        const equals = pair.indexOf('=');
        return [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
    ),
    user,
    owner: { user: Number(uid), group: Number(gid) },
  };
}

/** The image as the engine knows it; fetched first where it is missing and settings allow. */
export async function inspectImage(
  engine: Docker,
  name: string,
  settings: Pick<DockerSettings, 'pull'>,
): Promise<Docker.ImageInspectInfo> {
  const image = engine.getImage(name);
  try {
    return await image.inspect();
  } catch (error) {
    if (statusOf(error) !== 404) throw explainEngineError(error, `look at the image ${name}`);
  }
  const refuse = (cause?: unknown): SwemintError =>
    new SwemintError('no-such-image', `The image ${name} is not there and could not be fetched.`, {
      hint: 'Check its name, or load it first: docker pull, docker build or docker load.',
      cause,
    });
  if (settings.pull === 'never') throw refuse();
  try {
    const progress = await engine.pull(name);
    await new Promise<void>((resolve, reject) => {
      engine.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
    });
    return await image.inspect();
  } catch (error) {
    throw refuse(error);
  }
}

function isRoot(user: string | undefined): boolean {
  return ['', 'root', '0'].includes((user ?? '').split(':')[0] ?? '');
}
