// Prices are found by name and pattern, and every kind of token counts.
import { expect, test } from 'vitest';
import { callCost, findPrice } from './prices.ts';

test('exact names win over patterns, longer patterns over shorter, the user over us', () => {
  const table = {
    '*': { input: 1, output: 1 },
    'own-*': { input: 2, output: 2 },
    'own-big*': { input: 3, output: 3 },
    'own-bigger': { input: 4, output: 4 },
  };
  expect(findPrice('else', table)?.input).toBe(1);
  expect(findPrice('own-small', table)?.input).toBe(2);
  expect(findPrice('own-big-1', table)?.input).toBe(3);
  expect(findPrice('own-bigger', table)?.input).toBe(4);
  expect(findPrice('gpt-4o', table)?.input).toBe(1);
  expect(findPrice('gpt-4o')?.input).toBe(2.5);
  expect(findPrice('gpt-4o-mini-2024-07-18')?.input).toBe(0.15);
  expect(findPrice('anthropic:claude-sonnet-4-5')?.input).toBe(3);
  expect(findPrice('openrouter:anthropic/claude-haiku-4-5')?.input).toBe(1);
  expect(findPrice('toString')).toBeUndefined();
});

test('cached, written and reasoning tokens have their own price', () => {
  const usage = { input: 100, cachedInput: 40, cacheWrite: 10, output: 20, reasoning: 5 };
  const price = { input: 1, cachedInput: 0.1, cacheWrite: 2, output: 10, reasoning: 100 };
  expect(callCost(usage, price)).toBeCloseTo((50 + 4 + 20 + 150 + 500) / 1e6, 12);
  expect(callCost(usage, { input: 1, output: 10 })).toBeCloseTo((100 + 200) / 1e6, 12);
  expect(callCost(null, price)).toBeNull();
  expect(callCost(usage, undefined)).toBeNull();
});
