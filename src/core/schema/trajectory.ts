// A rollout in one lossless form: every exporter (SWE-agent, mini-swe-agent, OpenHands, ATIF) reads this.
import { z } from 'zod';
import {
  assistantMessage,
  finishReason,
  message,
  sampling,
  tokenUsage,
  toolDescription,
} from './model.ts';

export const actionFormatName = z.enum(['tools', 'xml', 'bash']);
export type ActionFormatName = z.infer<typeof actionFormatName>;

/**
 * How a rollout ended. `finished`: submitted, or nothing left to do. `stopped`: a tool gave up.
 * Limits are the caller's; `context-limit` is the model's. `error`: the model or the sandbox failed.
 */
export const agentOutcome = z.enum([
  'finished',
  'stopped',
  'step-limit',
  'cost-limit',
  'time-limit',
  'context-limit',
  'format-errors',
  'aborted',
  'error',
]);
export type AgentOutcome = z.infer<typeof agentOutcome>;

/** A text told by what differs from an earlier one: requests grow by a little at every step. */
export const textDelta = z.object({
  /** Characters (UTF-16 units) kept from the start of the earlier text. */
  start: z.number().int().nonnegative(),
  insert: z.string(),
  /** Characters kept from its end. */
  end: z.number().int().nonnegative(),
});
export type TextDelta = z.infer<typeof textDelta>;

/** What the model was asked and what that took. */
export const stepCall = z.object({
  hash: z.string(),
  /** As the server names it. */
  model: z.string(),
  startedAt: z.string(),
  wallMs: z.number(),
  attempts: z.number().int(),
  cached: z.boolean(),
  finish: finishReason,
  usage: tokenUsage.nullable(),
  costUsd: z.number().nullable(),
  /** Against the previous step's request (empty before the first). */
  rawRequest: textDelta,
  rawResponse: z.string(),
});
export type StepCall = z.infer<typeof stepCall>;

/** One thing the model wanted done, and what came of it. */
export const action = z.object({
  callId: z.string(),
  tool: z.string(),
  /** The arguments in the model's own words. */
  arguments: z.string(),
  /** The checked arguments; null when they did not pass. */
  input: z.unknown(),
  /** What the model was shown. */
  observation: z.string(),
  /** The whole observation, when the model was shown less. */
  full: z.string().optional(),
  /**
   * `done`: ran, whatever its exit code. `failed`: the tool says it could not. `timed-out`: cut.
   * `unknown-tool` and `bad-arguments`: never ran. `skipped`: an earlier call ended the rollout.
   */
  status: z.enum(['done', 'failed', 'timed-out', 'unknown-tool', 'bad-arguments', 'skipped']),
  /** Set when this call ended the rollout: a kill may come before the end line is written. */
  ends: z
    .object({ outcome: z.enum(['finished', 'stopped']), submission: z.string().nullable() })
    .optional(),
  /** Machine-readable results of the tool, e.g. an exit code. */
  data: z.record(z.string(), z.unknown()).optional(),
  startedAt: z.string(),
  wallMs: z.number(),
});
export type Action = z.infer<typeof action>;

export const trajectoryStep = z.object({
  type: z.literal('step'),
  index: z.number().int().nonnegative(),
  call: stepCall,
  message: assistantMessage,
  actions: z.array(action),
  /** Why the message could not be read as actions. */
  formatError: z.string().optional(),
  /** What the conversation grew by after the assistant's message. */
  appended: z.array(message),
  /** From asking the model to the last observation, milliseconds. */
  wallMs: z.number(),
  /** Where the rollout stands after this step, e.g. the shell's working directory. */
  state: z.record(z.string(), z.unknown()),
});
export type TrajectoryStep = z.infer<typeof trajectoryStep>;

export const trajectoryStart = z.object({
  type: z.literal('start'),
  version: z.literal(1),
  id: z.string(),
  task: z.string().nullable(),
  stage: z.string(),
  /** The name that was asked for. */
  model: z.string(),
  format: actionFormatName,
  tools: z.array(toolDescription),
  sampling: sampling,
  sample: z.number().int(),
  /** Hash of first messages, tools and format: rollouts with the same prompt share it. */
  promptHash: z.string(),
  messages: z.array(message),
  startedAt: z.string(),
  swemint: z.string(),
});
export type TrajectoryStart = z.infer<typeof trajectoryStart>;

export const trajectoryEnd = z.object({
  type: z.literal('end'),
  outcome: agentOutcome,
  /** One sentence why. */
  reason: z.string(),
  /** The tool that ended it, if one did. */
  tool: z.string().nullable(),
  submission: z.string().nullable(),
  steps: z.number().int(),
  usage: tokenUsage,
  /** Null when the price of a call is unknown. */
  costUsd: z.number().nullable(),
  /** Time spent working, over all sittings. */
  wallMs: z.number(),
  endedAt: z.string(),
});
export type TrajectoryEnd = z.infer<typeof trajectoryEnd>;

/** One line of a trajectory file. */
export const trajectoryLine = z.discriminatedUnion('type', [
  trajectoryStart,
  trajectoryStep,
  trajectoryEnd,
]);
export type TrajectoryLine = z.infer<typeof trajectoryLine>;

export const trajectory = z.object({
  start: trajectoryStart,
  steps: z.array(trajectoryStep),
  /** Null while it runs, or when its process was killed. */
  end: trajectoryEnd.nullable(),
});
export type Trajectory = z.infer<typeof trajectory>;
