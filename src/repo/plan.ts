// Lays out the ladder of environments to try for a repository, best first, without running its code.
import type { Emit } from '../core/events.ts';
import type { Detection, Framework, RepositoryFacts } from '../core/framework.ts';
import type { EnvironmentSpec, SourceSpec } from '../core/schema/index.ts';
import type { Machine } from './machine.ts';
import type { InstallPlan } from './recipe.ts';
import { recipes } from './recipes/registry.ts';
import { sourceLanguages } from './source-languages.ts';
import { readTestScript } from './test-script.ts';
import { commonVariables } from './variables.ts';

/**
 * Every environment that may suit: recognised frameworks times install recipes, best first.
 * Empty when no framework recognises its tests, or nothing on this machine can install it.
 */
export async function planEnvironments(
  facts: RepositoryFacts,
  spec: SourceSpec,
  machine: Machine,
  frameworks: readonly Framework[],
  emit?: Emit,
): Promise<EnvironmentSpec[]> {
  const given = spec.installScript !== undefined;
  const available = (await recipes.loadAll()).filter(({ name }) => (name === 'given') === given);
  const ladder: EnvironmentSpec[] = [];
  for (const { language, framework, detection } of recognise(facts, spec, frameworks, emit)) {
    const request = {
      facts,
      framework,
      setting: detection.setting,
      machine,
      version: spec.revision,
      installScript: spec.installScript,
    };
    const plans: { recipe: string; plan: InstallPlan }[] = [];
    for (const recipe of available) {
      if (!recipe.languages.includes(language)) continue;
      for (const plan of await recipe.plan(request)) plans.push({ recipe: recipe.name, plan });
    }
    plans.sort((a, b) => a.plan.preference - b.plan.preference);
    const seen = new Set<string>();
    for (const { recipe, plan } of plans) {
      const words = JSON.stringify([plan.install, plan.env]);
      if (seen.has(words)) continue;
      seen.add(words);
      ladder.push({
        language,
        packageManager: plan.packageManager,
        recipe,
        install: [...plan.install],
        env: { ...commonVariables, ...plan.env },
        test: detection.setting,
      });
    }
  }
  return ladder;
}

interface Recognised {
  language: string;
  framework: Framework;
  detection: Detection;
}

/** Frameworks that recognise the repository's tests, surest first; ties go to the language with more lines. */
function recognise(
  facts: RepositoryFacts,
  spec: SourceSpec,
  frameworks: readonly Framework[],
  emit: Emit | undefined,
): Recognised[] {
  const present = sourceLanguages(facts);
  const wanted = spec.language === undefined ? present : [spec.language];
  if (spec.testScript !== undefined) {
    const told = readTestScript(spec.testScript, facts, frameworks);
    const language =
      wanted.find((name) => told?.framework.languages.includes(name)) ??
      told?.framework.languages[0];
    if (told && language !== undefined) return [{ language, ...told }];
    emit?.({
      type: 'warning',
      code: 'unknown-test-script',
      message: 'The given test_script calls no test framework that swemint knows.',
      hint: `Frameworks are recognised from the files instead; known are ${frameworks.map(({ name }) => name).join(', ')}.`,
    });
  }
  return frameworks
    .flatMap((framework): Recognised[] => {
      const language = wanted.find((name) => framework.languages.includes(name));
      const detection = language === undefined ? undefined : framework.detect(facts);
      return language === undefined || detection === undefined
        ? []
        : [{ language, framework, detection }];
    })
    .sort(
      (a, b) =>
        b.detection.confidence - a.detection.confidence ||
        wanted.indexOf(a.language) - wanted.indexOf(b.language),
    );
}
