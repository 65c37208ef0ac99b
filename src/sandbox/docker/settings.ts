// The settings of the docker sandbox: `sandboxSettings.docker`.
import { z } from 'zod';
import { SwemintError } from '../../core/errors.ts';

const settings = z.strictObject({
  /** Where sandboxes start from. It needs a POSIX shell, coreutils, find, tar and the target's own programs. */
  image: z.string().min(1).optional(),
  /** The engine's address (`unix:///…`, `tcp://…`, `ssh://…`); default: `DOCKER_HOST`, then the usual sockets. */
  host: z.string().min(1).optional(),
  /** `user:group` as numbers or names of the image; default: the image's own user, `nobody` where that is root. */
  user: z.string().min(1).optional(),
  /** Network of sandboxes that may use one, e.g. `host` where a proxy listens on this machine only. */
  network: z.string().min(1).default('bridge'),
  /** CPU cores each command may use; default: all. */
  cpus: z.number().positive().optional(),
  /** When an image is fetched from its registry. */
  pull: z.enum(['missing', 'never']).default('missing'),
  /** Name of another runtime of the engine, e.g. `runsc`. */
  runtime: z.string().min(1).optional(),
});
export type DockerSettings = z.infer<typeof settings>;

/** Throws `SwemintError('bad-config')`. */
export function parseSettings(value: unknown): DockerSettings {
  const result = settings.safeParse(value ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = ['sandboxSettings', 'docker', ...(issue?.path ?? [])].join('.');
  throw new SwemintError('bad-config', `The setting "${path}" is not right: ${issue?.message}.`, {
    hint: 'See docs/sandboxes.md for the settings of the docker sandbox.',
  });
}
