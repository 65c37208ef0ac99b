// How a repository is installed and tested: plain data that rebuilds the same thing elsewhere.
import { z } from 'zod';
import { baseline } from './test.ts';

/** How one framework is to be called in one repository; made by the framework's `detect`. */
export const frameworkSetting = z.object({
  framework: z.string(),
  /** The framework's own arguments as found in the repository's configuration. */
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  /** Repository-relative folder to run in; `.` for the root. */
  cwd: z.string(),
  /** A build that must run before the tests see a change (e.g. `npm run build`). */
  build: z.string().optional(),
});
export type FrameworkSetting = z.infer<typeof frameworkSetting>;

export const environmentSpec = z.object({
  language: z.string(),
  packageManager: z.string(),
  /** Which recipe made it, e.g. `python-venv`, `python-source`, `npm-ci`. */
  recipe: z.string(),
  /** Shell commands that install it, in order, run in the repository's root with network. */
  install: z.array(z.string()),
  /** Variables for every later command; `$BASE` stands for the environment's folder. */
  env: z.record(z.string(), z.string()),
  test: frameworkSetting,
});
export type EnvironmentSpec = z.infer<typeof environmentSpec>;

export const environment = z.object({
  /** Hash of commit, install commands, test setting and variables. */
  digest: z.string(),
  repositoryId: z.string(),
  spec: environmentSpec,
  /** What was found at run time: interpreter, framework, packages. */
  versions: z.record(z.string(), z.string()),
  /** What separated the tests from the machine while labels were made. */
  isolation: z.string(),
  baseline,
});
export type Environment = z.infer<typeof environment>;
