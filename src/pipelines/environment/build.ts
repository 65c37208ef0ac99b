// Builds an environment from its clean copy, with our runners in place.
import { cp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScaleConfig } from '../../config/schema.ts';
import type { EnvironmentSpec } from '../../core/schema/index.ts';
import type { Kit } from '../../kit.ts';
import { buildEnvironment } from '../../repo/build.ts';
import type { BuildResult } from '../../repo/build.ts';
import type { Machine } from '../../repo/machine.ts';
import { layout } from '../../validation/suite.ts';

/** Host folder of the programs that run inside sandboxes. */
const runnersFolder = fileURLToPath(new URL('../../../runners/', import.meta.url));

/** Runs a recipe from a clean copy; our runners arrive last, as the mark of a finished build. */
export async function buildInto(
  base: string,
  spec: EnvironmentSpec,
  kit: Pick<Kit, 'sandbox' | 'signal' | 'emit'>,
  config: Pick<ScaleConfig, 'limits'>,
  /** Looked at anew when absent. */
  machine?: Machine,
): Promise<BuildResult> {
  await rm(join(base, layout.runners), { recursive: true, force: true });
  const result = await buildEnvironment(spec, {
    base,
    provider: kit.sandbox,
    signal: kit.signal,
    emit: kit.emit,
    timeoutMs: config.limits.install * 1000,
    ...(machine === undefined ? {} : { machine }),
  });
  if (result.ok) await cp(runnersFolder, join(base, layout.runners), { recursive: true });
  return result;
}

/** Whether an earlier build in this folder has come to its end. */
export async function isBuilt(base: string): Promise<boolean> {
  return stat(join(base, layout.runners)).then(
    () => true,
    () => false,
  );
}
