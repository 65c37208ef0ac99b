// Every setting of a run with its default, unit and meaning; flags and files are views of this.
import { z } from 'zod';
import { statementMethod } from '../core/schema/index.ts';
import { modelConfig } from './model.ts';

const megabytes = z.number().int().positive();
const seconds = z.number().positive();

/** Settings of one mutator; absent ones keep the published defaults. */
const mutatorSettings = z.strictObject({
  /** Probability that a matching place is changed. */
  likelihood: z.number().min(0).max(1).optional(),
  /** Entities less complex than this are left alone. */
  minComplexity: z.number().int().optional(),
  /** Entities more complex than this are left alone. */
  maxComplexity: z.number().int().optional(),
});

export const scaleConfig = z.strictObject({
  /** Decides every random choice of a run. */
  seed: z.number().int().default(24),
  /** Candidates validated at once; null means one per core. */
  workers: z.number().int().positive().nullable().default(null),
  /** At most this many candidates per repository, drawn evenly; null means all. */
  maxCandidates: z.number().int().positive().nullable().default(null),
  /** Mutants per entity and mutator. */
  perEntity: z.number().int().positive().default(1),
  /** Names of mutators to use; null means all. */
  mutators: z.array(z.string()).min(1).nullable().default(null),
  /** Globs of source files to mutate; empty means all that are not tests. */
  include: z.array(z.string()).default([]),
  exclude: z.array(z.string()).default([]),
  /** Runs of the unchanged suite; tests that differ between them never label anything. */
  baselineRuns: z.number().int().min(1).default(3),
  statement: statementMethod.default('template'),
  /**
   * `fast`: a cheap screen for every candidate, fresh processes for those worth keeping, an audit.
   * `full`: the whole suite in a fresh process for every look at a candidate.
   */
  mode: z.enum(['fast', 'full']).default('fast'),
  /** Wall-time limit of one run of the suite, seconds; null follows the baseline. */
  timeout: seconds.nullable().default(null),
  validation: z
    .strictObject({
      /** Further runs of a kept candidate that must fail the same tests. */
      repeats: z.number().int().min(0).default(2),
      /** Fewer passing tests than this under the bug, and the candidate is rejected. */
      minPassToPass: z.number().int().min(0).default(1),
      /**
       * How kept candidates are confirmed in mode `fast`. `covering`: with the tests that reach them,
       * in a process forked where a new one would load the repository's first file. `fresh`: with the
       * files of these tests in a new process. `full`: once with the whole suite in a new process.
       */
      confirm: z.enum(['covering', 'fresh', 'full']).default('covering'),
      /** Failing more than this share of the suite makes a poor task; 1 means no limit. */
      hubShare: z.number().positive().max(1).default(0.25),
      /** What becomes of candidates whose run had to be cut. */
      hangs: z.enum(['reject', 'keep']).default('reject'),
      /** Time limit as a multiple of the baseline's median. */
      timeoutFactor: z.number().positive().default(5),
      /** Never cut a run before this, seconds. */
      timeoutFloor: seconds.default(10),
    })
    .prefault({}),
  /** Mode `fast`: candidates judged again the full way, drawn at random. */
  audit: z
    .strictObject({
      share: z.number().min(0).max(1).default(0.02),
      minimum: z.number().int().min(0).default(20),
    })
    .prefault({}),
  limits: z
    .strictObject({
      memory: megabytes.default(4096),
      processes: z.number().int().positive().default(512),
      output: megabytes.default(16),
      disk: megabytes.default(2048),
      /** Seconds for one install recipe. */
      install: seconds.default(1200),
      /** Seconds for one baseline run. */
      baseline: seconds.default(900),
    })
    .prefault({}),
  /** For `env`. */
  environment: z
    .strictObject({
      /** Fresh builds that must agree before an environment is accepted. */
      replays: z.number().int().min(1).default(3),
      /** Steps of the agent; in two stages, of the one that installs. */
      steps: z.number().int().positive().default(100),
      /** Steps of the stage that finds the test command, for JavaScript and TypeScript. */
      testSteps: z.number().int().positive().default(60),
      /** Refusals by the gate that the agent may answer. */
      refusals: z.number().int().min(0).default(3),
      /** Seconds for one command of the agent. */
      command: seconds.default(600),
    })
    .prefault({}),
  sandbox: z.string().default('local'),
  /** Per sandbox provider, which checks them; see docs/sandboxes.md. */
  sandboxSettings: z.record(z.string(), z.unknown()).default({}),
  /** For the steps that ask a model; the others need none. */
  model: modelConfig.prefault({}),
  /** Per mutator: likelihood and complexity bounds. */
  mutatorSettings: z.record(z.string(), mutatorSettings).default({}),
});
export type ScaleConfig = z.infer<typeof scaleConfig>;
export type ScaleConfigInput = z.input<typeof scaleConfig>;

/** Settings that change speed or limits, or that no step of minting reads: never what a run produces. */
const incidental = new Set<keyof ScaleConfig>(['workers', 'environment', 'model']);

/**
 * The settings that decide a run's data, as one canonical text for the ledger. `environments` is
 * the digest of environments that were given instead of planned.
 */
export function canonicalSettings(
  config: ScaleConfig,
  sources: readonly string[],
  environments?: string,
): string {
  const entries = Object.entries(config)
    .filter(([key]) => !incidental.has(key as keyof ScaleConfig))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const given = environments === undefined ? {} : { environments };
  return JSON.stringify({ ...Object.fromEntries(entries), sources, ...given });
}
