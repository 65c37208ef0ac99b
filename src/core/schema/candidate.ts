// A possible bug: one patch, where it came from, and what a validation made of it.
import { z } from 'zod';
import { failureKind, runOutcome } from './test.ts';

/** A function, method or class of the repository, as a language's queries found it. */
export const entityRef = z.object({
  /** Hash of path, qualified name and position. */
  id: z.string(),
  path: z.string(),
  /** Qualified by what encloses it: `Parser.parse`, `outer.inner`. */
  name: z.string(),
  kind: z.enum(['function', 'method', 'class']),
  /** 1-based, inclusive. */
  startLine: z.number().int().positive(),
  endLine: z.number().int().positive(),
  /** Cyclomatic complexity as SWE-smith counts it for the language. */
  complexity: z.number().int(),
  signature: z.string(),
});
export type EntityRef = z.infer<typeof entityRef>;

export const candidate = z.object({
  /** Hash of the path and the file after the change: equal post-images have equal ids. */
  id: z.string(),
  /** How the bug was made, e.g. `procedural`. */
  strategy: z.string(),
  /** The published name, e.g. `func_pm_op_swap`. */
  mutator: z.string(),
  entity: entityRef,
  language: z.string(),
  /** Unified diff that introduces the bug; applies strictly with `git apply`. */
  patch: z.string(),
  /** Changed lines. */
  added: z.number().int(),
  removed: z.number().int(),
  /** One sentence on what was done, e.g. "swapped the operands of `a - b` in `total`". */
  explanation: z.string(),
});
export type Candidate = z.infer<typeof candidate>;

/** Why a candidate did not become a task. One word each; the report counts them. */
export const rejectionReason = z.enum([
  'does-not-apply',
  'uncovered',
  'no-test-fails',
  'breaks-everything',
  'breaks-too-much',
  'hang',
  'unstable-labels',
  'not-restored',
  'run-failed',
]);
export type RejectionReason = z.infer<typeof rejectionReason>;

/** A test that fails under the bug and passes without it, and how it fails. */
export const failingTest = z.object({ id: z.string(), kind: failureKind });
export type FailingTest = z.infer<typeof failingTest>;

/** One execution that a verdict rests on. */
export const evidenceRun = z.object({
  /** `screen`: first look. `repeat`: the bug again. `oracle`: with the fix. `audit`: the full way. */
  purpose: z.enum(['screen', 'repeat', 'oracle', 'audit']),
  /** `full`: whole suite in a fresh process. Others name the cheaper way taken. */
  level: z.string(),
  outcome: runOutcome,
  /** Tests reported so; a warm process reports only those that differ from the baseline. */
  failed: z.number().int(),
  passed: z.number().int(),
  wallMs: z.number(),
  cpuMs: z.number().nullable(),
});
export type EvidenceRun = z.infer<typeof evidenceRun>;

const judged = z.object({
  candidateId: z.string(),
  runs: z.array(evidenceRun),
  failToPass: z.array(failingTest),
  /** Failing with and without the bug. */
  failToFail: z.array(z.string()),
  /** Passing only with the bug. */
  passToFail: z.array(z.string()),
  /** Passing without the bug, neither passing nor failing with it (skipped): they label nothing. */
  unlabelled: z.array(z.string()),
});

export const verdict = z.discriminatedUnion('status', [
  judged.extend({
    status: z.literal('kept'),
    /** The first failure of the first fail-to-pass test, clipped: for problem statements. */
    failureOutput: z.string(),
  }),
  judged.extend({
    status: z.literal('rejected'),
    reason: rejectionReason,
    /** One sentence for a person. */
    detail: z.string(),
  }),
]);
export type Verdict = z.infer<typeof verdict>;
