// How a repository is installed and tested: plain data that rebuilds the same thing elsewhere.
import { z } from 'zod';
import { repository, sourceSpec } from './repository.ts';
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

/** Names the proof behind an environment: the certificate that `env` has given it. */
export const certificateReference = z.object({
  digest: z.string(),
  /** Who made the environment, in words. */
  maker: z.string(),
  /** Of names and versions of everything that was installed then. */
  packages: z.string(),
});
export type CertificateReference = z.infer<typeof certificateReference>;

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
  /** Absent when no certificate was given. */
  certificate: certificateReference.optional(),
});
export type Environment = z.infer<typeof environment>;

/** How setting a repository up ended; the names are those of SWE-Hub's env_agent. */
export const environmentStatus = z.enum([
  'success',
  'max_iteration',
  'tool_stop',
  'stage1_failed',
  'error',
]);
export type EnvironmentStatus = z.infer<typeof environmentStatus>;

/** Who made an environment. */
export const environmentMaker = z.discriminatedUnion('kind', [
  /** A static recipe, without a model. */
  z.object({ kind: z.literal('recipe'), recipe: z.string() }),
  /** The scripts of the input row. */
  z.object({ kind: z.literal('given') }),
  /** What has solved another repository; `of` made that. */
  z.object({ kind: z.literal('memory'), repository: z.string(), of: z.string() }),
  z.object({
    kind: z.literal('agent'),
    model: z.string(),
    /** Hash of the instructions it worked under. */
    promptHash: z.string(),
  }),
]);
export type EnvironmentMaker = z.infer<typeof environmentMaker>;

/** One fresh build and one run of the whole suite in it. */
export const environmentReplay = z.object({
  installMs: z.number(),
  testMs: z.number(),
  passed: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
});
export type EnvironmentReplay = z.infer<typeof environmentReplay>;

/** The proof that an environment can be built again and its tests run the same way. */
export const environmentCertificate = z.object({
  /** Hash of everything below but durations and date. */
  digest: z.string(),
  digests: z.object({
    /** Single commit of the clean copy: depends on the content alone. */
    commit: z.string(),
    installScript: z.string(),
    testScript: z.string(),
    spec: z.string(),
    /** Of names and versions of everything installed. */
    packages: z.string(),
  }),
  /** Interpreter and packages that the last build held. */
  versions: z.record(z.string(), z.string()),
  /** Packages whose version was not the same in every build. */
  drifting: z.array(z.string()),
  framework: z.string(),
  counts: z.object({
    total: z.number().int(),
    /** In every replay. */
    passed: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    flaky: z.number().int(),
  }),
  /** Tests whose status was not the same in every replay. */
  flakyTests: z.array(z.string()),
  /** Test files that could not be loaded: their tests are in none of the counts. */
  unloaded: z.array(z.string()),
  replays: z.array(environmentReplay).min(1),
  isolation: z.string(),
  maker: environmentMaker,
  /** ISO 8601. */
  date: z.string(),
  swemint: z.string(),
});
export type EnvironmentCertificate = z.infer<typeof environmentCertificate>;

/** One thing that was tried. */
export const environmentAttempt = z.object({
  maker: environmentMaker,
  outcome: z.enum(['accepted', 'refused']),
  /** Why it was refused, for programs; null when it was accepted. */
  code: z.string().nullable(),
  reason: z.string(),
  wallMs: z.number(),
});
export type EnvironmentAttempt = z.infer<typeof environmentAttempt>;

/** One line of `environments.jsonl`: what became of one source. */
export const environmentRecord = z.object({
  schemaVersion: z.literal(1),
  /** The source as it can be typed again. */
  repo: z.string(),
  source: sourceSpec,
  /** Null when it could not even be checked out. */
  repository: repository.nullable(),
  status: environmentStatus,
  /** One sentence. */
  reason: z.string(),
  /** Shell, run by `sh -e` in the repository's root with network; `$BASE` is the folder above it. */
  install_script: z.string().nullable(),
  /** Shell, run in the repository's root, offline. */
  test_script: z.string().nullable(),
  /** For people: what the environment is, or what stood in the way. */
  summary: z.string(),
  environment: z.object({ digest: z.string(), spec: environmentSpec }).nullable(),
  certificate: environmentCertificate.nullable(),
  attempts: z.array(environmentAttempt),
  /** Files of the agent's rollouts, relative to the run's folder. */
  trajectories: z.array(z.string()),
  /** What the model was asked for this source, and its price; null when that is not known. */
  model: z.object({ calls: z.number().int(), costUsd: z.number().nullable() }),
  /** ISO 8601. */
  finishedAt: z.string(),
});
export type EnvironmentRecord = z.infer<typeof environmentRecord>;

/** One line of an environment memory: what has solved a repository, for its neighbours. */
export const rememberedEnvironment = z.object({
  version: z.literal(1),
  repository: z.string(),
  /** What neighbours have in common; see `fingerprint.ts`. */
  fingerprint: z.string(),
  maker: environmentMaker,
  installScript: z.string(),
  testScript: z.string(),
  spec: environmentSpec,
  date: z.string(),
});
export type RememberedEnvironment = z.infer<typeof rememberedEnvironment>;
