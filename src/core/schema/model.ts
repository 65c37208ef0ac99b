// What is said to a model and what it answers, whatever provider serves it.
import { z } from 'zod';

/** One call of a tool as the model wrote it: `arguments` is its own text, perhaps not valid JSON. */
export const toolCall = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.string(),
  /** What the provider wants back with the next request, e.g. a thought signature. */
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type ToolCall = z.infer<typeof toolCall>;

export const assistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.string(),
  /** What the model thought aloud, where the provider shows it. */
  reasoning: z.string().optional(),
  toolCalls: z.array(toolCall),
  /** What the provider wants back with the reasoning, e.g. a signature. */
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type AssistantMessage = z.infer<typeof assistantMessage>;

export const toolMessage = z.object({
  role: z.literal('tool'),
  callId: z.string(),
  tool: z.string(),
  content: z.string(),
});
export type ToolMessage = z.infer<typeof toolMessage>;

export const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: z.string() }),
  assistantMessage,
  toolMessage,
]);
export type Message = z.infer<typeof message>;

/** A tool as the model is told of it. `parameters` is a JSON schema of an object. */
export const toolDescription = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
export type ToolDescription = z.infer<typeof toolDescription>;

/** How to draw the reply. Absent settings are the provider's own. */
export const sampling = z.object({
  temperature: z.number().optional(),
  topP: z.number().optional(),
  maxOutputTokens: z.number().int().positive().optional(),
  stop: z.array(z.string()).optional(),
  seed: z.number().int().optional(),
  reasoning: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
});
export type Sampling = z.infer<typeof sampling>;

export const modelRequest = z.object({
  messages: z.array(message).min(1),
  tools: z.array(toolDescription).optional(),
  /** `required`: it must call one of the tools. Default `auto`. */
  toolChoice: z.enum(['auto', 'none', 'required']).optional(),
  sampling: sampling.optional(),
  /**
   * Tells apart draws of the same request: never sent, but part of its identity, so that the third
   * rollout of a task is not answered with the first one's words.
   */
  sample: z.number().int().nonnegative().optional(),
});
export type ModelRequest = z.infer<typeof modelRequest>;

/** Tokens of one call or of many. `input` includes the cached, `output` includes the reasoning. */
export const tokenUsage = z.object({
  input: z.number().int().nonnegative(),
  /** Read from the provider's prompt cache. */
  cachedInput: z.number().int().nonnegative(),
  /** Written to the provider's prompt cache. */
  cacheWrite: z.number().int().nonnegative(),
  output: z.number().int().nonnegative(),
  reasoning: z.number().int().nonnegative(),
});
export type TokenUsage = z.infer<typeof tokenUsage>;

/** US dollars per million tokens. */
export const price = z.strictObject({
  input: z.number().nonnegative(),
  /** Input read from the provider's cache; like `input` when absent. */
  cachedInput: z.number().nonnegative().optional(),
  /** Input written to the provider's cache; like `input` when absent. */
  cacheWrite: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
  /** Reasoning tokens; like `output` when absent. */
  reasoning: z.number().nonnegative().optional(),
});
export type Price = z.infer<typeof price>;

/** By model name; `*` at a name's end stands for the rest, and alone for every model. */
export const priceTable = z.record(z.string(), price);
export type PriceTable = z.infer<typeof priceTable>;

/** Why a reply ended. `length`: the token limit cut it. */
export const finishReason = z.enum(['stop', 'tool-calls', 'length', 'content-filter', 'other']);
export type FinishReason = z.infer<typeof finishReason>;

/** The bytes that went over the wire, without headers: what training exports are made from. */
export const rawExchange = z.object({
  /** The request's body. Empty where a provider does not show it. */
  request: z.string(),
  /** The response's body; the whole event stream where it was streamed. */
  response: z.string(),
});
export type RawExchange = z.infer<typeof rawExchange>;

export const modelReply = z.object({
  message: assistantMessage,
  finish: finishReason,
  /** Null where the server does not count. */
  usage: tokenUsage.nullable(),
  /** US dollars; null when no price is known. */
  costUsd: z.number().nonnegative().nullable(),
  /** The model as the server names it. */
  model: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** Of the attempt that succeeded. */
  wallMs: z.number().nonnegative(),
  /** Requests sent until this one succeeded. */
  attempts: z.number().int().positive(),
  /** True when it was paid for earlier and read back. */
  cached: z.boolean(),
  raw: rawExchange,
});
export type ModelReply = z.infer<typeof modelReply>;

/** One line of the account: a call that somebody charges for, whether its reply was usable or not. */
export const paidCall = z.object({
  version: z.literal(1),
  /** Identity of the request; see `requestHash`. */
  hash: z.string(),
  /** Unlike the reply's, the name that was asked for. */
  model: z.string(),
  at: z.string(),
  stage: z.string().nullable(),
  task: z.string().nullable(),
  usage: tokenUsage.nullable(),
  costUsd: z.number().nonnegative().nullable(),
  /** Null for a reply that was charged for and could not be used. */
  reply: modelReply.nullable(),
});
export type PaidCall = z.infer<typeof paidCall>;
