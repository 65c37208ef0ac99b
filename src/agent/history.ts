// Decides how much of the conversation the model sees again.
import type { Message } from '../core/schema/model.ts';

/** A message, and whether it carries what tools said. */
export interface ConversationEntry {
  message: Message;
  observation: boolean;
}

/**
 * Makes the messages of the next request. `pressure` grows from 0 each time the model says that the
 * request was too long. Must depend on its arguments alone, so that a resumed rollout asks the same.
 */
export type HistoryPolicy = (
  entries: readonly ConversationEntry[],
  pressure: number,
) => readonly Message[];

/** Everything, always. */
export const keepAll: HistoryPolicy = (entries) => entries.map(({ message }) => message);

/**
 * Keeps the last tool outputs and leaves a note in place of older ones. Outputs go in batches, so
 * that the beginning of the request stays the same for several steps and providers' prompt caches
 * keep working. Under pressure it keeps half as many, then a quarter.
 */
export function keepLastOutputs(
  keep: number,
  batch: number = Math.max(1, Math.floor(keep / 2)),
): HistoryPolicy {
  return (entries, pressure) => {
    const kept = Math.max(1, Math.floor(keep / 2 ** pressure));
    const step = Math.max(1, Math.floor(batch / 2 ** pressure));
    const outputs = entries.filter(({ observation }) => observation).length;
    const elided = Math.max(0, Math.floor((outputs - kept) / step) * step);
    let seen = 0;
    return entries.map(({ message, observation }) => {
      if (!observation) return message;
      seen += 1;
      return seen <= elided ? withoutOutput(message) : message;
    });
  };
}

function withoutOutput(message: Message): Message {
  if (message.role !== 'tool' && message.role !== 'user') return message;
  const lines = message.content.split('\n').length;
  return { ...message, content: `[An old output of ${lines} lines, left out.]` };
}
