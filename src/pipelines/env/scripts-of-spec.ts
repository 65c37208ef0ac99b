// Writes an environment as the two scripts that people and other tools read.
import type { EnvironmentSpec } from '../../core/schema/index.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Machine } from '../../repo/machine.ts';
import { findInstallers } from '../../repo/python/pip.ts';
import { quoteShell } from '../../repo/recipe.ts';
import { commonVariables } from '../../repo/variables.ts';
import type { Scripts } from './scripted-spec.ts';

/**
 * What a recipe does, in the form that agents hand in: the install script starts in an empty, active
 * environment, `$BASE` is the folder above the repository.
 */
export async function scriptsOfSpec(spec: EnvironmentSpec, machine: Machine): Promise<Scripts> {
  const framework = await frameworks.load(spec.test.framework);
  const created = new Set((await findInstallers(machine)).flatMap(({ create }) => create));
  const { cwd, build } = spec.test;
  const test = [
    ...exportsOf(spec.env),
    ...(cwd === '.' ? [] : [`cd ${quoteShell(cwd)}`]),
    ...(build === undefined ? [] : [build]),
    framework.plainCommand(spec.test),
  ];
  return {
    installScript: spec.install.filter((command) => !created.has(command)).join('\n'),
    testScript: test.join('\n'),
  };
}

/** What every environment has, and what says that one is active. */
const usual = new Set([...Object.keys(commonVariables), 'CI', 'VIRTUAL_ENV']);

function exportsOf(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => !usual.has(name))
    .map(([name, value]) => `export ${name}="${value.replaceAll(/["\\`]/g, String.raw`\$&`)}"`);
}
