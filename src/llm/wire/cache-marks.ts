// Asks a provider that caches only on request to keep the beginning of a conversation.
import type { Prompt } from './types.ts';

/** Providers that want marks, and how they spell them. The others cache by themselves or not at all. */
const marks: Readonly<Record<string, Record<string, Record<string, { type: string }>>>> = {
  anthropic: { anthropic: { cacheControl: { type: 'ephemeral' } } },
  openrouter: { openrouter: { cacheControl: { type: 'ephemeral' } } },
  bedrock: { bedrock: { cachePoint: { type: 'default' } } },
};

/**
 * Marks the first message and the last two: the next request reads up to the first
 * of these from the cache and writes the rest. An agent's conversation then costs about a tenth.
 */
export function markForCache(prompt: Prompt, provider: string): Prompt {
  const providerOptions = Object.hasOwn(marks, provider) ? marks[provider] : undefined;
  if (!providerOptions) return prompt;
  const last = prompt.length - 1;
  return prompt.map((message, index) =>
    index === 0 || index >= last - 1 ? { ...message, providerOptions } : message,
  );
}
