// The product: one executable task with everything needed to check it elsewhere.
// Follows T = (family, repository, bug, statement, oracle, verifier, metadata) of SWE-Hub (2603.00575).
import { z } from 'zod';
import { entityRef, evidenceRun, failingTest } from './candidate.ts';
import { certificateReference, environmentSpec } from './environment.ts';

export const taskFamily = z.enum(['bug-fix', 'build-repo', 'from-scratch', 'reproduce', 'library']);
export type TaskFamily = z.infer<typeof taskFamily>;

export const statementMethod = z.enum(['template', 'tests', 'none']);
export type StatementMethod = z.infer<typeof statementMethod>;

export const task = z.object({
  schemaVersion: z.literal(1),
  /** `<repository id>.<mutator>__<hash, 8 characters>` */
  id: z.string(),
  family: taskFamily,
  strategy: z.string(),
  repository: z.object({
    id: z.string(),
    name: z.string(),
    /** The source as it can be given to `swemint scale` again. */
    source: z.string(),
    revision: z.string(),
    commit: z.string(),
    language: z.string(),
    license: z.string().nullable(),
  }),
  environment: z.object({
    digest: z.string(),
    spec: environmentSpec,
    versions: z.record(z.string(), z.string()),
    /** The proof that it can be built again, where `env` has given one. */
    certificate: certificateReference.optional(),
  }),
  /** Introduces the bug into the clean copy. */
  bugPatch: z.string(),
  /** Repairs it: applies on top of `bugPatch`. */
  oraclePatch: z.string(),
  statement: z.object({
    text: z.string(),
    method: statementMethod,
    /** Which template, when one was drawn. */
    template: z.string().nullable(),
  }),
  /** Fail under the bug, pass once fixed. */
  failToPass: z.array(failingTest).min(1),
  /** Pass with and without the bug. */
  passToPass: z.array(z.string()),
  failToFail: z.array(z.string()),
  passToFail: z.array(z.string()),
  verifier: z.object({
    /** POSIX shell; run in the repository's root; prints the markers of SWE-bench around the suite's output. */
    script: z.string(),
    /** Test files it runs. */
    files: z.array(z.string()),
    /** Name of the matching parser in SWE-bench's registry. */
    logParser: z.string(),
  }),
  evidence: z.object({
    mode: z.string(),
    baselineRuns: z.number().int(),
    flakyTests: z.array(z.string()),
    runs: z.array(evidenceRun),
    isolation: z.string(),
  }),
  provenance: z.object({
    mutator: z.string(),
    entity: entityRef,
    explanation: z.string(),
    seed: z.number().int(),
    swemint: z.string(),
  }),
});
export type Task = z.infer<typeof task>;
