// The figures of a run as they are stored in report.json.
import { z } from 'zod';
import { audit, failureKind, rejectionReason } from '../core/schema/index.ts';

const count = z.number().int().nonnegative();
/** 0 to 1; null when there is nothing to take a share of. */
const share = z.number().min(0).max(1).nullable();

const yieldFigures = z.object({
  candidates: count,
  judged: count,
  kept: count,
  /** Kept of judged. */
  yield: share,
  /** Over kept candidates. */
  medianFailToPass: z.number().nullable(),
  /** Added and removed lines together, over kept candidates. */
  medianChangedLines: z.number().nullable(),
});
export type YieldFigures = z.infer<typeof yieldFigures>;

const mutatorFigures = yieldFigures.extend({ mutator: z.string() });

const repositoryFigures = z.object({
  id: z.string(),
  name: z.string(),
  language: z.string(),
  framework: z.string(),
  tests: count,
  flakyTests: count,
  /** One run of the suite, median, seconds. */
  suiteSeconds: z.number(),
  entities: count,
  /** Mutants dropped because an equal one came first. */
  duplicates: count,
  /** Candidates per second of CPU while they were made; null when too few to measure. */
  candidatesPerCpuSecond: z.number().nullable(),
  candidates: count,
  kept: count,
  /** Null when every candidate was judged the full way. */
  audit: audit.nullable(),
});
export type RepositoryFigures = z.infer<typeof repositoryFigures>;

export const report = z.object({
  schemaVersion: z.literal(1),
  total: yieldFigures,
  /** Most candidates first. */
  mutators: z.array(mutatorFigures),
  repositories: z.array(repositoryFigures),
  /** Most frequent first. */
  rejections: z.array(z.object({ reason: rejectionReason, count, share })),
  /** How the fail-to-pass tests of kept candidates fail. */
  failureKinds: z.array(z.object({ kind: failureKind, count })),
  /** How candidates were first looked at, most frequent first. */
  levels: z.array(z.object({ level: z.string(), count })),
  /** Over all repositories that were screened; null when none was. */
  audit: z
    .object({
      sampled: count,
      disagreements: count,
      /** Disagreements of sampled. */
      rate: share,
      rejudged: count,
    })
    .nullable(),
  cost: z.object({
    /** Of all runs that judged candidates; null where the machine cannot tell. */
    cpuSeconds: z.number().nullable(),
    wallSeconds: z.number(),
    cpuSecondsPerCandidate: z.number().nullable(),
    medianCpuSecondsPerCandidate: z.number().nullable(),
    cpuSecondsPerTask: z.number().nullable(),
  }),
  shares: z.object({
    /** Tests that differed between baseline runs. */
    flakyTests: share,
    /** Judged candidates whose labels differed between runs. */
    flakyCandidates: share,
    /** Judged candidates of which a run was cut at its time limit. */
    hung: share,
    /** Mutants that repeated another one. */
    duplicates: share,
  }),
});
export type Report = z.infer<typeof report>;
