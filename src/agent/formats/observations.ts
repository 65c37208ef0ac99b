// Shows what tools said as a user's message, for formats in which the provider has no place for it.
import type { Message } from '../../core/schema/model.ts';
import type { Action } from '../../core/schema/trajectory.ts';

/** One message for the turn, headed the way SWE-agent's training data is. */
export function renderObservations(actions: readonly Action[]): Message[] {
  const [only, ...others] = actions;
  if (!only) return [];
  const content =
    others.length === 0
      ? `OBSERVATION:\n${only.observation}`
      : actions
          .map(
            ({ tool, observation }, index) => `OBSERVATION ${index + 1} (${tool}):\n${observation}`,
          )
          .join('\n\n');
  return [{ role: 'user', content }];
}
