// Runs the install script that an input row gives, instead of recognising how to install.
import { findInstallers } from '../python/pip.ts';
import { defineRecipe } from '../recipe.ts';

export default defineRecipe({
  name: 'given',
  summary: 'The install script of the input row.',
  languages: ['python', 'javascript', 'typescript'],
  async plan({ framework, machine, installScript }) {
    if (installScript === undefined) return [];
    const forPython = framework.languages.includes('python');
    // The script calls pip by name, which uv's environments lack.
    const installer = forPython ? (await findInstallers(machine)).at(-1) : undefined;
    const env: Record<string, string> = forPython ? { VIRTUAL_ENV: '$BASE/venv' } : { CI: '1' };
    return [
      {
        packageManager: installer?.packageManager ?? 'given',
        install: [...(installer?.create ?? []), asCommand(installScript)],
        env,
        preference: 0,
      },
    ];
  },
});

/** Scripts made for SWE-bench's images name the repository `/testbed`, and some need bash. */
function asCommand(script: string): string {
  const body = script.replace(/\/testbed\b/g, '"$BASE/repo"').trim();
  if (!/^#!.*\bbash\b|\bpipefail\b|\bsource\s|\[\[/.test(body)) return body;
  return `bash -e <<'SWEMINT_SCRIPT'\n${body}\nSWEMINT_SCRIPT`;
}
