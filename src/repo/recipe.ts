// The contract of a static install recipe: from a repository's files to the commands that install it.
import type { Framework, RepositoryFacts } from '../core/framework.ts';
import type { FrameworkSetting } from '../core/schema/index.ts';
import type { Machine } from './machine.ts';

export interface RecipeRequest {
  facts: RepositoryFacts;
  framework: Framework;
  setting: FrameworkSetting;
  machine: Machine;
  /** Version of the source where it is known, for packages that read theirs from git. */
  version: string | undefined;
  /** The input row's own script, when it gives one. */
  installScript: string | undefined;
}

/** One way to install. Commands are POSIX shell, run with `sh -e` in the repository's root with network. */
export interface InstallPlan {
  packageManager: string;
  install: readonly string[];
  /** Added to the variables every environment has. `$BASE` stands for the environment's folder. */
  env: Readonly<Record<string, string>>;
  /** Lower is tried first. 0: sure to suit; 1: the usual way; 2: a poorer way; 3: a last try. */
  preference: 0 | 1 | 2 | 3;
}

export interface Recipe {
  /** As recorded in environments: `python-venv`. */
  readonly name: string;
  readonly summary: string;
  readonly languages: readonly string[];
  /** Ways to install, best first; none when the recipe does not suit. */
  plan(request: RecipeRequest): Promise<readonly InstallPlan[]>;
}

/** Declares a recipe; the identity function that gives extension authors types. */
export function defineRecipe(recipe: Recipe): Recipe {
  return recipe;
}

/** A word as a POSIX shell reads it back unchanged. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
