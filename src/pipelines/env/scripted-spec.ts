// Makes an environment out of an install script and a test script, or says why the gate refuses them.
import type { Framework, RepositoryFacts } from '../../core/framework.ts';
import type { EnvironmentSpec } from '../../core/schema/index.ts';
import type { Machine } from '../../repo/machine.ts';
import { quoteShell } from '../../repo/recipe.ts';
import { planGiven } from '../../repo/recipes/given.ts';
import { readTestScript } from '../../repo/test-script.ts';
import { commonVariables } from '../../repo/variables.ts';
import { programOf } from './script-rules/calls.ts';
import type { ScriptRefusal } from './script-rules/install-script.ts';
import { quote, reviewInstallScript } from './script-rules/install-script.ts';
import { reviewTestScript } from './script-rules/test-script.ts';
import type { TestCall } from './script-rules/test-script.ts';

export interface Scripts {
  installScript: string;
  testScript: string;
}

export type ScriptedSpec = { ok: true; spec: EnvironmentSpec } | ({ ok: false } & ScriptRefusal);

/** What scripts are read against. */
export interface ScriptScene {
  facts: RepositoryFacts;
  machine: Machine;
  frameworks: readonly Framework[];
  /** Of the source, most used first. */
  languages: readonly string[];
}

/** Applies the rules for both scripts, and finds the framework that the test script calls. */
export async function specFromScripts(
  { installScript, testScript }: Scripts,
  scene: ScriptScene,
): Promise<ScriptedSpec> {
  const forbidden = await reviewInstallScript(installScript);
  if (forbidden) return { ok: false, ...forbidden };
  return (
    (await specWithTest(testScript, 'python', installScript, scene)) ?? {
      ok: false,
      ...unknownFramework(testScript, scene),
    }
  );
}

async function specWithTest(
  testScript: string,
  family: 'python' | 'other',
  installScript: string,
  scene: ScriptScene,
): Promise<ScriptedSpec | undefined> {
  const { facts, frameworks, machine, languages } = scene;
  const given = await planGiven(family === 'python', machine, installScript);
  const env: Record<string, string> = { ...commonVariables, ...given.env };
  const review = await reviewTestScript(testScript, env);
  if (!review.ok) return review;
  const { call } = review;
  const told = readTestScript(renderCall(call), facts, frameworks);
  if (!told) return undefined;
  const { framework } = told;
  const forPython = framework.languages.includes('python');
  // `make pytest` names the framework and runs whatever it likes.
  if (forPython && !/^(?:pytest|py\.test|unittest)$/.test(programOf(call.words).program)) {
    return undefined;
  }
  // The variables of the two families differ: read the script once more against its own.
  if (forPython !== (family === 'python')) {
    return family === 'other' ? undefined : specWithTest(testScript, 'other', installScript, scene);
  }
  const language =
    languages.find((name) => framework.languages.includes(name)) ?? framework.languages[0] ?? '';
  const test = told.detection.setting;
  const [rooted, plain] = split(call.env);
  return {
    ok: true,
    spec: {
      language,
      packageManager: given.packageManager,
      recipe: 'given',
      install: [...given.install],
      env: { ...env, ...rooted },
      test: { ...test, env: { ...test.env, ...plain } },
    },
  };
}

/** Only the environment's own variables can name its folder; those of the tests are plain. */
function split(env: Readonly<Record<string, string>>): Record<string, string>[] {
  const entries = Object.entries(env);
  return [true, false].map((rooted) =>
    Object.fromEntries(entries.filter(([, value]) => value.includes('$BASE') === rooted)),
  );
}

function renderCall({ cwd, words }: TestCall): string {
  return `cd ${quoteShell(cwd)}\n${words.map(quoteShell).join(' ')}`;
}

function unknownFramework(testScript: string, { frameworks }: ScriptScene): ScriptRefusal {
  const lines = testScript.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  return {
    code: 'test-script-unknown',
    reason: `The test script (${quote(lines.at(-1) ?? '')}) calls no test framework whose own report can be read. These can: ${frameworks.map(({ name }) => name).join(', ')}. Call one of them, or a script of package.json that does.`,
  };
}
