// Writes an environment as the two scripts that people and other tools read.
import type { EnvironmentSpec } from '../../core/schema/index.ts';
import { frameworks } from '../../frameworks/registry.ts';
import { quoteShell } from '../../repo/recipe.ts';
import type { Scripts } from './scripted-spec.ts';

/** What a recipe does, as scripts. `$BASE` is the folder above the repository. */
export async function scriptsOfSpec(spec: EnvironmentSpec): Promise<Scripts> {
  const framework = await frameworks.load(spec.test.framework);
  const { cwd, build } = spec.test;
  const lines = [
    ...(cwd === '.' ? [] : [`cd ${quoteShell(cwd)}`]),
    ...(build === undefined ? [] : [build]),
    framework.plainCommand(spec.test),
  ];
  return { installScript: spec.install.join('\n'), testScript: lines.join('\n') };
}
