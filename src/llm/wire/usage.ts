// Counts tokens as our schema does, from the AI SDK's figures or from a raw OpenAI-compatible body.
import { z } from 'zod';
import type { TokenUsage } from '../../core/schema/model.ts';
import { parseJson } from '../parse-json.ts';
import type { GenerateResult } from './types.ts';

/** Null when the server gave no figures at all. */
export function convertUsage(usage: GenerateResult['usage']): TokenUsage | null {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens.total === undefined && outputTokens.total === undefined) return null;
  return {
    input: count(inputTokens.total),
    cachedInput: count(inputTokens.cacheRead),
    cacheWrite: count(inputTokens.cacheWrite),
    output: count(outputTokens.total),
    reasoning: count(outputTokens.reasoning),
  };
}

const figure = z.number().nullish();
const body = z.looseObject({
  usage: z.looseObject({
    prompt_tokens: figure,
    completion_tokens: figure,
    prompt_tokens_details: z.looseObject({ cached_tokens: figure }).nullish(),
    completion_tokens_details: z.looseObject({ reasoning_tokens: figure }).nullish(),
  }),
});

/** The usage inside a reply that could not be used otherwise: it was charged all the same. */
export function parseRawUsage(response: string): TokenUsage | undefined {
  for (const text of payloads(response)) {
    const parsed = body.safeParse(parseJson(text));
    if (!parsed.success) continue;
    const { usage } = parsed.data;
    return {
      input: count(usage.prompt_tokens),
      cachedInput: count(usage.prompt_tokens_details?.cached_tokens),
      cacheWrite: 0,
      output: count(usage.completion_tokens),
      reasoning: count(usage.completion_tokens_details?.reasoning_tokens),
    };
  }
  return undefined;
}

function payloads(response: string): string[] {
  const events = response
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trim());
  return events.length > 0 ? events.reverse() : [response];
}

function count(value: number | null | undefined): number {
  return Math.max(0, Math.round(value ?? 0));
}
