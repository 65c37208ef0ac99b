// Keeps the account of what was tried for one repository: for its record, for the agent that comes
// after, and so that a killed run does not try it all again.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { environmentAttempt } from '../../core/schema/index.ts';
import type { EnvironmentAttempt, EnvironmentMaker } from '../../core/schema/index.ts';
import { writeAtomic } from '../../lib/atomic-file.ts';
import type { TriedBefore } from './agent/prompts/task.ts';

const account = z.object({
  commit: z.string(),
  attempts: z.array(environmentAttempt),
  tried: z.array(
    z.object({
      what: z.string(),
      install: z.array(z.string()),
      reason: z.string(),
      output: z.string(),
    }),
  ),
  /** Why nothing without a model has worked; null while that is not known. */
  exhausted: z.string().nullable(),
});

export interface AttemptLog {
  readonly attempts: readonly EnvironmentAttempt[];
  readonly tried: readonly TriedBefore[];
  readonly exhausted: string | null;
  /** `since`: when the attempt began, by `performance.now()`. */
  accept(maker: EnvironmentMaker, since: number, reason: string): Promise<void>;
  refuse(
    maker: EnvironmentMaker,
    since: number,
    refusal: { code: string; reason: string },
    tried?: TriedBefore,
  ): Promise<void>;
  /** Nothing is left to try without a model. */
  exhaust(reason: string): Promise<void>;
}

/** Opens the account in `file`, or begins it anew when that is of another commit. */
export async function openAttemptLog(file: string, commit: string): Promise<AttemptLog> {
  const stored = await readAccount(file);
  const log =
    stored?.commit === commit ? stored : { commit, attempts: [], tried: [], exhausted: null };
  const save = (): Promise<void> => writeAtomic(file, JSON.stringify(log));
  const wall = (since: number): number => Math.round(performance.now() - since);
  return {
    attempts: log.attempts,
    tried: log.tried,
    get exhausted() {
      return log.exhausted;
    },
    accept: (maker, since, reason) => {
      log.attempts.push({ maker, outcome: 'accepted', code: null, reason, wallMs: wall(since) });
      return save();
    },
    refuse: (maker, since, { code, reason }, before) => {
      log.attempts.push({ maker, outcome: 'refused', code, reason, wallMs: wall(since) });
      if (before) log.tried.push(before);
      return save();
    },
    exhaust: (reason) => {
      log.exhausted = reason;
      return save();
    },
  };
}

async function readAccount(file: string): Promise<z.infer<typeof account> | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : account.parse(JSON.parse(text));
}

/** A clause as a sentence: `the step failed` → `The step failed.` */
export function sentence(clause: string): string {
  const text = clause.trim().replace(/\.$/, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
