// Keeps the account of what was tried for one repository: for its record, and for the agent that comes after.
import type { EnvironmentAttempt, EnvironmentMaker } from '../../core/schema/index.ts';
import type { TriedBefore } from './agent/prompts/task.ts';

export interface AttemptLog {
  readonly attempts: EnvironmentAttempt[];
  readonly tried: TriedBefore[];
  /** `since`: when the attempt began, by `performance.now()`. */
  accept(maker: EnvironmentMaker, since: number, reason: string): void;
  refuse(
    maker: EnvironmentMaker,
    since: number,
    refusal: { code: string; reason: string },
    tried?: TriedBefore,
  ): void;
}

/** An empty account. */
export function openAttemptLog(): AttemptLog {
  const attempts: EnvironmentAttempt[] = [];
  const tried: TriedBefore[] = [];
  const wall = (since: number): number => Math.round(performance.now() - since);
  return {
    attempts,
    tried,
    accept: (maker, since, reason) => {
      attempts.push({ maker, outcome: 'accepted', code: null, reason, wallMs: wall(since) });
    },
    refuse: (maker, since, { code, reason }, before) => {
      attempts.push({ maker, outcome: 'refused', code, reason, wallMs: wall(since) });
      if (before) tried.push(before);
    },
  };
}

/** A clause as a sentence: `the step failed` → `The step failed.` */
export function sentence(clause: string): string {
  const text = clause.trim().replace(/\.$/, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
