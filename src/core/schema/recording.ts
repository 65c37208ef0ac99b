// What one recording of a JavaScript suite learned: which test files reach which code, and which cannot be trusted alone.
import { z } from 'zod';

/** What ran of one source file on behalf of one test file. */
export const recordedModule = z.object({
  /**
   * Start and end of each part that ran, flat: `[0, 120, 300, 410]`; half-open, UTF-16 units, sorted.
   * Null when it was loaded but nothing is known about its parts.
   */
  ran: z.array(z.number().int()).nullable(),
  /** True for places of the file as it is; false for those that a source map gave. */
  exact: z.boolean(),
});
export type RecordedModule = z.infer<typeof recordedModule>;

export const recordedTestFile = z.object({
  file: z.string(),
  /** Of the file alone in a fresh process, while it was recorded. */
  wallMs: z.number(),
  cpuMs: z.number().nullable(),
  /** By repository-relative path: every source file that was loaded. */
  modules: z.record(z.string(), recordedModule),
  /** The same in the whole suite, where all test files share a process. */
  inOrder: z.record(z.string(), recordedModule).optional(),
  /** Source files that the test reads as text. */
  reads: z.array(z.string()),
  /** Why it must run whatever changes, e.g. it starts a program that cannot be looked into. */
  opaque: z.string().nullable(),
  /** Why its results alone differ from those in the whole suite. */
  dependent: z.string().nullable(),
});
export type RecordedTestFile = z.infer<typeof recordedTestFile>;

export const javascriptRecording = z.object({
  version: z.literal(1),
  framework: z.string(),
  /** In the order in which the whole suite runs them. */
  files: z.array(recordedTestFile),
  /** The framework runs all test files in one process, where they can disturb each other. */
  sharesProcess: z.boolean(),
  /** Files that give the same results when one process runs them one after the other; null where none can. */
  grouped: z.object({ files: z.array(z.string()), cpuMs: z.number().nullable() }).nullable(),
  /** Files that a program kept open gave the baseline's results for, twice; null where there is none. */
  warm: z.object({ files: z.array(z.string()), cpuMs: z.number() }).nullable(),
  /** Files for which a fork of a process that has loaded the dependencies gave the baseline's results; null where there is none. */
  forked: z
    .object({
      /** The fork server's addon, compiled for this machine, in base64. */
      addon: z.string(),
      builtins: z.array(z.string()),
      /** Repository-relative, in the order of loading. */
      dependencies: z.array(z.object({ path: z.string(), module: z.boolean() })),
      /** The framework starts a process for each test file, so each may have a fork of its own. */
      each: z.boolean(),
      files: z.array(z.object({ file: z.string(), cpuMs: z.number() })),
      /** Of all these files in one run. */
      cpuMs: z.number(),
    })
    .nullable(),
  /** CPU time that making the recording took. */
  cpuMs: z.number().nullable(),
});
export type JavascriptRecording = z.infer<typeof javascriptRecording>;
