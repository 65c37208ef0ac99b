// The AI SDK's language model interface, named through the package we depend on.
import type { createOpenAICompatible } from '@ai-sdk/openai-compatible';

/** Version 4 of the AI SDK's provider interface. */
export type LanguageModel = ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']>;
export type CallOptions = Parameters<LanguageModel['doGenerate']>[0];
export type Prompt = CallOptions['prompt'];
export type ProviderOptions = NonNullable<CallOptions['providerOptions']>;
export type GenerateResult = Awaited<ReturnType<LanguageModel['doGenerate']>>;
export type Content = GenerateResult['content'][number];
export type StreamResult = Awaited<ReturnType<LanguageModel['doStream']>>;
