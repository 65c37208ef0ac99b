// What tokens cost: the user's table first, then published list prices.
import type { Price, PriceTable, TokenUsage } from '../core/schema/model.ts';
import { listPrices } from './list-prices.ts';

/** The price of a model: exact names win, then the longest pattern, the user's table before ours. */
export function findPrice(modelName: string, table: PriceTable = {}): Price | undefined {
  const bare = modelName.replace(/^[a-z0-9-]+:/, '').replace(/^.*\//, '');
  for (const prices of [table, listPrices]) {
    for (const name of [modelName, bare]) {
      const found = lookUp(name, prices);
      if (found) return found;
    }
  }
  return undefined;
}

/** What a call costs, US dollars. Null without a price or without figures. */
export function callCost(
  usage: TokenUsage | null | undefined,
  paid: Price | undefined,
): number | null {
  if (!usage || !paid) return null;
  const cached = Math.min(usage.cachedInput, usage.input);
  const written = Math.min(usage.cacheWrite, usage.input - cached);
  const reasoning = Math.min(usage.reasoning, usage.output);
  const micro =
    (usage.input - cached - written) * paid.input +
    cached * (paid.cachedInput ?? paid.input) +
    written * (paid.cacheWrite ?? paid.input) +
    (usage.output - reasoning) * paid.output +
    reasoning * (paid.reasoning ?? paid.output);
  return micro / 1_000_000;
}

function lookUp(name: string, prices: PriceTable): Price | undefined {
  if (Object.hasOwn(prices, name)) return prices[name];
  const pattern = Object.keys(prices)
    .filter((key) => key.endsWith('*') && name.startsWith(key.slice(0, -1)))
    .sort((a, b) => b.length - a.length)[0];
  return pattern === undefined ? undefined : prices[pattern];
}
