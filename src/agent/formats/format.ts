// The contract of an action format: how a model writes down what it wants done, over the same tools.
import type { Tool } from '../../core/agent.ts';
import type {
  AssistantMessage,
  FinishReason,
  Message,
  ToolDescription,
} from '../../core/schema/model.ts';
import type { Action, ActionFormatName } from '../../core/schema/trajectory.ts';

/** What the model wrote, before any tool has looked at it. */
export interface WrittenCall {
  callId: string;
  tool: string;
  /** Its own words. */
  arguments: string;
  /** The arguments as data, or why they are none. */
  parsed: { input: unknown } | { problem: string };
}

export interface ParsedTurn {
  calls: WrittenCall[];
  /** Why the whole message could not be read. */
  problem?: string;
}

export interface ActionFormat {
  readonly name: ActionFormatName;
  /** Whether the provider is told of the tools; otherwise `instructions` must. */
  readonly native: boolean;
  /** Added to the system message; empty for native calling. */
  instructions(tools: readonly ToolDescription[]): string;
  parse(message: AssistantMessage, finish: FinishReason, tools: readonly Tool[]): ParsedTurn;
  /** The messages in which the model reads what came of it. */
  render(actions: readonly Action[]): Message[];
}

/** Why a cut reply could not be used. */
export const CUT_REPLY =
  'Your reply reached the limit of output tokens and was cut. Write less at once: smaller edits, fewer calls.';

/** Calls of one turn that are run: more is a model that has lost its way. */
export const MOST_CALLS = 32;

/** Why none of so many calls was run. */
export function tooManyCalls(count: number): string {
  return `Your message holds ${count} calls. Write at most ${MOST_CALLS}; nothing was run.`;
}
