// What the driver and a warm runner say to each other; `runners/python/warm/PROTOCOL.md` explains it.
import { z } from 'zod';
import { collectionError, failureKind, testStatus } from './test.ts';

export const warmLimits = z.object({
  /** A test may use this many times its recorded time before it counts as hung. */
  factor: z.number().positive().optional(),
  cpuFloorMs: z.number().positive().optional(),
  wallFloorMs: z.number().positive().optional(),
  /** As `factor` and `cpuFloorMs`, for importing and collecting (`hello` only). */
  importFactor: z.number().positive().optional(),
  importFloorMs: z.number().positive().optional(),
  /** For importing and collecting while nothing is known of it. */
  collectMs: z.number().positive().optional(),
  /** Share of the suite that may newly fail before a candidate is stopped; null for no such limit. */
  hubShare: z.number().positive().max(1).nullable().optional(),
  hubFloor: z.number().int().nonnegative().optional(),
  /** CPU time of tests that is worth comparing what imports leave in memory, to spare them (`hello` only). */
  narrowMs: z.number().nonnegative().optional(),
  /** Whether a child that is exactly as new serves the next candidate too (`hello` only). */
  reuse: z.boolean().optional(),
});

/** Of the recordings that the Python runner makes and reads, as in its `recording.py`. */
export const recordingVersion = 4;

/** Opaque to the driver: made by `record`, handed back in `hello`. */
export const warmRecording = z.looseObject({ version: z.number().int() });
export type WarmRecording = z.infer<typeof warmRecording>;

/** What is kept of a recording: the runner's document, and what the driver found out with it. */
export const pythonRecording = z.object({
  document: warmRecording,
  /** Tests that did something else in a warm process than in new ones: what they say needs a new one. */
  unsafe: z.array(z.string()),
  /** Whether the other tests did in a confirming runner what they do in new processes. */
  hermetic: z.boolean(),
});
export type PythonRecording = z.infer<typeof pythonRecording>;

export const warmRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    framework: z.string(),
    args: z.array(z.string()),
    /** Absolute path of the repository, as the runner sees it. */
    root: z.string(),
    /** Folder to run in, relative to `root`. */
    cwd: z.string(),
    recording: warmRecording.nullable(),
    /** `confirm`: serve mode `hermetic` only; needs the recording. Default `screen`. */
    role: z.enum(['screen', 'confirm']).optional(),
    limits: warmLimits.optional(),
  }),
  z.object({ type: z.literal('record') }),
  z.object({
    type: z.literal('candidate'),
    id: z.string(),
    /** Text after the change; null deletes the file. Empty: the repository as it is. */
    files: z.array(z.object({ path: z.string(), content: z.string().nullable() })),
    /** `plan` only says what `auto` would do; `hermetic` runs `testFiles` and reports every test. */
    mode: z.enum(['auto', 'reimport', 'suite', 'plan', 'hermetic']).optional(),
    testFiles: z.array(z.string()).optional(),
    /** For `hermetic`: which tests of these files, as an `end` named them. Default all. */
    chosen: z.string().optional(),
    /** Run exactly these tests. */
    tests: z.array(z.string()).optional(),
    limits: warmLimits.optional(),
  }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('quit') }),
]);
export type WarmRequest = z.infer<typeof warmRequest>;

/** Which way a candidate took; `fresh` means that the labels must come from a fresh process. */
export const warmPath = z.enum(['same', 'uncovered', 'swap', 'reimport', 'suite', 'fresh']);

/** A test whose status differs from the recorded one. */
export const warmResult = z.object({
  type: z.literal('result'),
  /** The candidate. */
  id: z.string(),
  test: z.string(),
  file: z.string().optional(),
  status: testStatus,
  kind: failureKind.optional(),
  message: z.string().optional(),
  cpuMs: z.number().optional(),
  wallMs: z.number().optional(),
});
export type WarmResult = z.infer<typeof warmResult>;

export const warmEnd = z.object({
  type: z.literal('end'),
  id: z.string(),
  path: warmPath,
  /** One sentence for a person. */
  why: z.string(),
  /** Tests chosen and tests run. */
  tests: z.number().int(),
  ran: z.number().int(),
  /** Test files of the tests chosen: what a confirmation has to run. */
  files: z.array(z.string()).optional(),
  /** The tests chosen, opaque to the driver; absent when all of `files` were. */
  chosen: z.string().nullish(),
  /** Importing left everything else as it was: of `tests` only those ran that can notice the change. */
  narrowed: z.boolean().optional(),
  /** `hub`: too many tests newly failed. `hang`: the last result timed out. */
  stopped: z.enum(['hub', 'hang']).nullable(),
  /** What was suspicious about the run, if anything. */
  alarms: z.array(z.string()).optional(),
  errors: z.array(collectionError).optional(),
  /** A file of the repository that the tests changed or deleted: the runner's tree is not clean any more. */
  altered: z.string().optional(),
  /** CPU time inside the tests that ran, their fixtures included, milliseconds; absent when cut. */
  testsCpuMs: z.number().optional(),
  /** CPU time of server, parent and child, milliseconds. */
  cpuMs: z.number(),
  wallMs: z.number(),
});
export type WarmEnd = z.infer<typeof warmEnd>;

export const warmReady = z.object({
  type: z.literal('ready'),
  protocol: z.literal(1),
  python: z.string().optional(),
  framework: z.string(),
  tests: z.number().int(),
  errors: z.array(collectionError),
  needsRecording: z.boolean(),
  levels: z.object({ swap: z.boolean(), reimport: z.boolean() }),
  warnings: z.array(z.string()),
});
export type WarmReady = z.infer<typeof warmReady>;

export const warmAnswer = z.discriminatedUnion('type', [
  warmReady,
  z.object({ type: z.literal('unusable'), reason: z.string(), errors: z.array(z.unknown()) }),
  z.object({
    type: z.literal('progress'),
    stage: z.string(),
    done: z.number(),
    total: z.number(),
  }),
  z.object({ type: z.literal('recording'), document: warmRecording }),
  warmResult,
  warmEnd,
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('error'), id: z.string().nullish(), message: z.string() }),
]);
export type WarmAnswer = z.infer<typeof warmAnswer>;
