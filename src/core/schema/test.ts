// What a run of a test suite says, whatever framework ran it.
import { z } from 'zod';

/** An expected failure counts as passed; an unexpected success as failed. */
export const testStatus = z.enum(['passed', 'failed', 'skipped']);
export type TestStatus = z.infer<typeof testStatus>;

/**
 * How a test failed. `assertion`: the test's own check. `error`: anything else was thrown.
 * `collection`: its file could not be loaded. `timeout`: it, or the run, was cut.
 * `crash`: the process died while it ran. `missing`: the baseline has it, this run does not.
 */
export const failureKind = z.enum([
  'assertion',
  'error',
  'collection',
  'timeout',
  'crash',
  'missing',
]);
export type FailureKind = z.infer<typeof failureKind>;

export const testResult = z.object({
  /** Unique in the suite and qualified by its file: `tests/test_x.py::TestCase::test_it[param]`. */
  id: z.string().min(1),
  /** Repository-relative path of the file that holds the test, with forward slashes. */
  file: z.string(),
  status: testStatus,
  /** Set when `status` is `failed`. */
  kind: failureKind.optional(),
  durationMs: z.number().nonnegative(),
  /** CPU milliseconds, fixtures and started programs included; absent where the framework cannot tell. */
  cpuMs: z.number().nonnegative().optional(),
  /** The failure as the framework shows it, clipped. */
  message: z.string().optional(),
});
export type TestResult = z.infer<typeof testResult>;

/** A test file that could not be loaded, so that none of its tests was seen. */
export const collectionError = z.object({ file: z.string(), message: z.string() });
export type CollectionError = z.infer<typeof collectionError>;

/**
 * How the run as a whole ended. Only `completed` runs say something about tests they do not list.
 * `interrupted`: the report has no end mark (crash, exit inside a test).
 */
export const runOutcome = z.enum([
  'completed',
  'interrupted',
  'timed-out',
  'out-of-memory',
  'output-limit',
  'no-report',
]);
export type RunOutcome = z.infer<typeof runOutcome>;

export const suiteRun = z.object({
  outcome: runOutcome,
  results: z.array(testResult),
  collectionErrors: z.array(collectionError),
  exitCode: z.number().int().nullable(),
  wallMs: z.number(),
  /** CPU time of the whole process tree; null where the machine cannot tell. */
  cpuMs: z.number().nullable(),
  /** The end of what the run printed, clipped: for people, never parsed. */
  outputTail: z.string(),
});
export type SuiteRun = z.infer<typeof suiteRun>;

/** One test over all baseline runs. `flaky` tests differ between runs and never label anything. */
export const baselineTest = z.object({
  id: z.string(),
  file: z.string(),
  status: z.enum(['passed', 'failed', 'skipped', 'flaky']),
  /** Median over the runs. */
  durationMs: z.number(),
  /** Likewise, where every run could tell. */
  cpuMs: z.number().optional(),
});
export type BaselineTest = z.infer<typeof baselineTest>;

export const baseline = z.object({
  runs: z.number().int().positive(),
  tests: z.array(baselineTest),
  /** Median wall and CPU time of one run of the whole suite. */
  wallMs: z.number(),
  cpuMs: z.number().nullable(),
});
export type Baseline = z.infer<typeof baseline>;
