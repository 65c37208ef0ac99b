// The contract of a screen: a first, cheap look at a candidate that runs only what it can change.
import type { RunOutcome, SuiteRun } from '../core/schema/index.ts';

/**
 * How a candidate was looked at, from free to safe. `unchanged`: it compiles to the same code.
 * `uncovered`: no test reaches it. `swap`: code replaced in a fork of a process that has collected
 * the suite. `reimport`: a fork that has imported nothing of the repository ran the test files that
 * can reach the change. `suite`: all tests in such a fork, after an alarm. `warm`: a reused worker. `coverage`: the covering test files in a fresh
 * process. `full`: the whole suite in a fresh process.
 */
export type ScreenLevel =
  | 'unchanged'
  | 'uncovered'
  | 'swap'
  | 'reimport'
  | 'suite'
  | 'warm'
  | 'coverage'
  | 'full';

/** A file as the candidate changes it. */
export interface ChangedFile {
  /** Repository-relative. */
  path: string;
  content: string;
}

/** What a screen saw. Tests in neither `run.results` nor `selected` keep their baseline status. */
export interface Screened {
  level: ScreenLevel;
  /** Undefined when nothing had to run. */
  run: SuiteRun | undefined;
  /** Ids of the tests that were to run: those without a result count as vanished. */
  selected: readonly string[];
  /** Test files that can notice the change: what a confirmation has to run. */
  files: readonly string[];
  /** Which tests of `files`, in words for the confirmer; undefined when all of them can. */
  chosen?: string;
  /** Set when the outcome cannot be trusted: the candidate goes to the next safer level. */
  suspicious: string | undefined;
  /** Stopped early because more than the hub limit's share of the suite failed. */
  stoppedAsHub: boolean;
  /** CPU milliseconds inside the tests themselves, where the runner can tell. */
  testsCpuMs?: number;
}

export interface ScreenRequest {
  id: string;
  files: readonly ChangedFile[];
  /** Stop when more than this many tests have failed; undefined means never. */
  hubLimit: number | undefined;
  signal: AbortSignal;
}

/**
 * Looks at candidates one at a time; each worker has its own, over its own private sandbox.
 * `screen` rejects only when the sandbox fails, on abort, or with `ScreenCrash`.
 */
export interface Screener extends AsyncDisposable {
  screen(request: ScreenRequest): Promise<Screened>;
  /** Looks again the same way. Absent where every confirmation looks in its own way. */
  repeat?(request: ScreenRequest): Promise<Screened>;
}

/** What a confirmer runs; `chosen` is what a screen said. */
export interface Wanted {
  files: readonly string[];
  chosen?: string;
}

/**
 * Runs test files as a new process in a clean tree would, for less: the process starts where the
 * repository's first file is about to be loaded.
 */
export interface Confirmer extends AsyncDisposable {
  /**
   * Reports every test of `testFiles`, or of those in them that a screen chose. Undefined: only a
   * really new process can tell.
   */
  run(
    files: readonly ChangedFile[],
    tests: Wanted,
    signal: AbortSignal,
  ): Promise<SuiteRun | undefined>;
}

/** The warm process died without a verdict: costs the candidate a retry at a safer level, never a label. */
export class ScreenCrash extends Error {
  readonly outcome: RunOutcome;

  constructor(message: string, outcome: RunOutcome) {
    super(message);
    this.name = 'ScreenCrash';
    this.outcome = outcome;
  }
}
