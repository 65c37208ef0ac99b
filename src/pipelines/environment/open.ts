// Opens sandboxes over a built environment: every run of its tests happens in one of these.
import type { ScaleConfig } from '../../config/schema.ts';
import type { Limits, Sandbox } from '../../core/sandbox.ts';
import type { Environment } from '../../core/schema/index.ts';
import type { Kit } from '../../kit.ts';
import { fillVariables } from '../../repo/variables.ts';

/** Opens a sandbox over an environment's folder: offline and copy-on-write. */
export async function openEnvironment(
  kit: Pick<Kit, 'sandbox' | 'signal'>,
  config: Pick<ScaleConfig, 'limits'>,
  { spec }: Pick<Environment, 'spec'>,
  base: string,
): Promise<Sandbox> {
  return kit.sandbox.open({
    base,
    access: 'copy-on-write',
    network: false,
    env: fillVariables(spec.env, base),
    limits: runLimits(config),
    signal: kit.signal,
  });
}

/** The limits of every run in an environment, without its time limit. */
export function runLimits(config: Pick<ScaleConfig, 'limits'>): Limits {
  const megabyte = 1024 * 1024;
  return {
    memoryBytes: config.limits.memory * megabyte,
    processes: config.limits.processes,
    outputBytes: config.limits.output * megabyte,
    diskBytes: config.limits.disk * megabyte,
  };
}
