// Runs the install script that an input row or an agent gives, instead of recognising how to install.
import type { Machine } from '../machine.ts';
import { findInstallers } from '../python/pip.ts';
import { defineRecipe, type InstallPlan } from '../recipe.ts';

export default defineRecipe({
  name: 'given',
  summary: 'The install script of the input row, or of the agent.',
  languages: ['python', 'javascript', 'typescript'],
  async plan({ framework, machine, installScript }) {
    if (installScript === undefined) return [];
    return [await planGiven(framework.languages.includes('python'), machine, installScript)];
  },
});

/** The script in a place where it finds what it expects: for Python an empty, active environment. */
export async function planGiven(
  forPython: boolean,
  machine: Machine,
  installScript: string,
): Promise<InstallPlan> {
  // The script calls pip by name, which uv's environments lack.
  const installer = forPython ? (await findInstallers(machine)).at(-1) : undefined;
  const script = asCommand(installScript);
  return {
    packageManager: installer?.packageManager ?? 'given',
    install: [...(installer?.create ?? []), ...(script === '' ? [] : [script])],
    env: forPython ? { VIRTUAL_ENV: '$BASE/venv' } : { CI: '1' },
    preference: 0,
  };
}

const needsBash = /^#!.*\bbash\b|\bpipefail\b|\bsource\s|\[\[|<<<|&>|\bfunction\s|\w=\(/;

/** Scripts made for SWE-bench's images name the repository `/testbed`, and some need bash. */
function asCommand(script: string): string {
  const body = script.replace(/\/testbed\b/g, '"$BASE/repo"').trim();
  if (!needsBash.test(body)) return body;
  return `bash -e <<'SWEMINT_SCRIPT'\n${body}\nSWEMINT_SCRIPT`;
}
