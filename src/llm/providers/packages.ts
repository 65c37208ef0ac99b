// Providers of the AI SDK that a user can install, and how to make a model of theirs.

export interface ProviderPackage {
  package: string;
  /** The export that makes the provider from `{ apiKey, baseURL, headers, fetch }`. */
  create: string;
}

/** By the prefix users write: `anthropic:claude-sonnet-4-5`. */
export const providerPackages: Readonly<Record<string, ProviderPackage>> = {
  anthropic: { package: '@ai-sdk/anthropic', create: 'createAnthropic' },
  azure: { package: '@ai-sdk/azure', create: 'createAzure' },
  bedrock: { package: '@ai-sdk/amazon-bedrock', create: 'createAmazonBedrock' },
  cerebras: { package: '@ai-sdk/cerebras', create: 'createCerebras' },
  cohere: { package: '@ai-sdk/cohere', create: 'createCohere' },
  deepinfra: { package: '@ai-sdk/deepinfra', create: 'createDeepInfra' },
  deepseek: { package: '@ai-sdk/deepseek', create: 'createDeepSeek' },
  fireworks: { package: '@ai-sdk/fireworks', create: 'createFireworks' },
  google: { package: '@ai-sdk/google', create: 'createGoogleGenerativeAI' },
  groq: { package: '@ai-sdk/groq', create: 'createGroq' },
  mistral: { package: '@ai-sdk/mistral', create: 'createMistral' },
  openai: { package: '@ai-sdk/openai', create: 'createOpenAI' },
  openrouter: { package: '@openrouter/ai-sdk-provider', create: 'createOpenRouter' },
  perplexity: { package: '@ai-sdk/perplexity', create: 'createPerplexity' },
  togetherai: { package: '@ai-sdk/togetherai', create: 'createTogetherAI' },
  vertex: { package: '@ai-sdk/google-vertex', create: 'createVertex' },
  xai: { package: '@ai-sdk/xai', create: 'createXai' },
};

/** Splits `anthropic:claude-…`; undefined for a plain model name, which may hold colons too. */
export function parseProviderPrefix(
  model: string,
): { provider: string; modelId: string } | undefined {
  const colon = model.indexOf(':');
  const provider = model.slice(0, Math.max(0, colon));
  if (!Object.hasOwn(providerPackages, provider)) return undefined;
  return { provider, modelId: model.slice(colon + 1) };
}
