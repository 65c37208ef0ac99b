// Published list prices of well-known models, US dollars per million tokens. A user's own table goes first.
import type { PriceTable } from '../core/schema/model.ts';

/** Cached input at Anthropic costs a tenth of the input's price, writing to the cache a quarter more. */
const anthropic = (input: number, output: number): PriceTable[string] => ({
  input,
  cachedInput: input / 10,
  cacheWrite: input * 1.25,
  output,
});

/**
 * As of August 2026, standard tier, compared with the public collection llm-prices. Providers change
 * them at any time, and some ask more for very long requests: for exact accounts, give your own
 * table. Models whose prices could not be compared are left out: a budget for them is refused
 * until their price is given.
 */
export const listPrices: PriceTable = {
  'gpt-4o': { input: 2.5, cachedInput: 1.25, output: 10 },
  'gpt-4o-mini*': { input: 0.15, cachedInput: 0.075, output: 0.6 },
  'gpt-4.1': { input: 2, cachedInput: 0.5, output: 8 },
  'gpt-4.1-mini*': { input: 0.4, cachedInput: 0.1, output: 1.6 },
  'gpt-4.1-nano*': { input: 0.1, cachedInput: 0.025, output: 0.4 },
  'gpt-5': { input: 1.25, cachedInput: 0.125, output: 10 },
  'gpt-5-mini*': { input: 0.25, cachedInput: 0.025, output: 2 },
  'gpt-5-nano*': { input: 0.05, cachedInput: 0.005, output: 0.4 },
  'gpt-5.1': { input: 1.25, cachedInput: 0.125, output: 10 },
  'gpt-5.2': { input: 1.75, cachedInput: 0.175, output: 14 },
  o3: { input: 2, cachedInput: 0.5, output: 8 },
  'o4-mini': { input: 1.1, cachedInput: 0.275, output: 4.4 },
  'claude-opus-4-1*': anthropic(15, 75),
  'claude-opus-4-5*': anthropic(5, 25),
  'claude-opus-4-6*': anthropic(5, 25),
  'claude-opus-4-7*': anthropic(5, 25),
  'claude-opus-4-8*': anthropic(5, 25),
  'claude-sonnet-4*': anthropic(3, 15),
  'claude-sonnet-5*': anthropic(3, 15),
  'claude-haiku-4-5*': anthropic(1, 5),
  'gemini-2.5-flash': { input: 0.3, cachedInput: 0.03, output: 2.5 },
  'gemini-2.5-flash-lite': { input: 0.1, cachedInput: 0.01, output: 0.4 },
};
