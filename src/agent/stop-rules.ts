// When a rollout must end: predicates over how far it has come.
import type { AgentOutcome } from '../core/schema/trajectory.ts';
import type { TokenUsage } from '../core/schema/model.ts';

/** How far a rollout has come, over all its sittings. */
export interface Progress {
  steps: number;
  /** US dollars, without calls whose price is not known. */
  costUsd: number;
  wallMs: number;
  usage: TokenUsage;
  /** Turns in a row that could not be acted on. */
  formatErrors: number;
  /** Tools of the last turn, in order. */
  lastTools: readonly string[];
}

export interface Stop {
  outcome: AgentOutcome;
  /** One sentence. */
  reason: string;
}

export interface StopRule {
  (progress: Progress): Stop | undefined;
  /** A rule about time also cuts what is under way: milliseconds of work in all. */
  readonly withinMs?: number;
}

/** At most so many replies. */
export function stepLimit(limit: number): StopRule {
  return ({ steps }) =>
    steps >= limit
      ? { outcome: 'step-limit', reason: `${limit} steps were not enough.` }
      : undefined;
}

/** Stops once so many US dollars are spent; the last call may go over. */
export function costLimit(limit: number): StopRule {
  return ({ costUsd }) =>
    costUsd >= limit ? { outcome: 'cost-limit', reason: `$${limit} are spent.` } : undefined;
}

/** Milliseconds of work; a call or a tool under way is cut. */
export function timeLimit(limit: number): StopRule {
  const rule = ({ wallMs }: Progress): Stop | undefined =>
    wallMs >= limit ? { outcome: 'time-limit', reason: timeIsUp(limit) } : undefined;
  return Object.assign(rule, { withinMs: limit });
}

/** So many turns in a row without one that could be acted on. */
export function formatErrorLimit(limit: number): StopRule {
  return ({ formatErrors }) =>
    formatErrors >= limit
      ? { outcome: 'format-errors', reason: `${limit} turns in a row could not be acted on.` }
      : undefined;
}

/** Ends as soon as a tool has been used. */
export function afterTool(name: string, outcome: AgentOutcome = 'finished'): StopRule {
  return ({ lastTools }) =>
    lastTools.includes(name) ? { outcome, reason: `${name} was called.` } : undefined;
}

/** SWE-Hub's limit of steps, and patience for four unusable turns in a row. */
export const defaultStopRules: readonly StopRule[] = [stepLimit(150), formatErrorLimit(4)];

/** The first rule that wants to stop. */
export function firstStop(rules: readonly StopRule[], progress: Progress): Stop | undefined {
  for (const rule of rules) {
    const stop = rule(progress);
    if (stop) return stop;
  }
  return undefined;
}

/** The sentence of a time limit. */
export function timeIsUp(limitMs: number): string {
  return `The time limit of ${Math.round(limitMs / 1000)} s has passed.`;
}
