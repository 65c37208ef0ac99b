// Adds token counts.
import type { TokenUsage } from '../core/schema/model.ts';

export const noUsage: TokenUsage = {
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
};

/** The sum of two counts; a call that was not counted adds nothing. */
export function addUsage(a: TokenUsage, b: TokenUsage | null): TokenUsage {
  if (b === null) return a;
  return {
    input: a.input + b.input,
    cachedInput: a.cachedInput + b.cachedInput,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}
