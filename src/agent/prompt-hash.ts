// Names the prompt of a rollout, so that rollouts made with the same one can be found.
import { contentHash } from '../core/ids.ts';
import type { Message, ToolDescription } from '../core/schema/model.ts';

/** Depends on everything that the model is told before its first word, and on nothing else. */
export function promptHash(
  format: string,
  tools: readonly ToolDescription[],
  messages: readonly Message[],
): string {
  return contentHash(format, JSON.stringify(tools), JSON.stringify(messages));
}
