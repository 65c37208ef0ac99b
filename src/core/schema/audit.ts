// How far the cheap way can be believed: a random sample of candidates judged again the full way.
import { z } from 'zod';

/** One candidate on which the cheap way and the full way differ. */
export const disagreement = z.object({
  candidateId: z.string(),
  /** What the run had decided: `kept`, or the reason of the rejection. */
  decided: z.string(),
  /** What one full run says. */
  full: z.string(),
  /** One sentence on which tests differ. */
  cause: z.string(),
  /** The entity whose candidates were judged again the full way because of it. */
  entityId: z.string(),
});
export type Disagreement = z.infer<typeof disagreement>;

export const audit = z.object({
  /** Candidates judged again. */
  sampled: z.number().int(),
  /** Of them, kept before the audit. */
  sampledKept: z.number().int(),
  disagreements: z.array(disagreement),
  /** Candidates judged again the full way because their class had one; null while that is to be done. */
  rejudged: z.number().int().nullable(),
  cpuMs: z.number().nullable(),
});
export type Audit = z.infer<typeof audit>;
