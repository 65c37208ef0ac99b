// A model of the AI SDK as one of ours: one request, one reply, no retries, the bytes kept.
import type { Model } from '../core/model.ts';
import type { ModelReply, ModelRequest } from '../core/schema/model.ts';
import { captureExchange, newExchange } from './exchange.ts';
import type { Redact } from './secrets.ts';
import { type Collected, collectStream } from './wire/collect-stream.ts';
import { markForCache } from './wire/cache-marks.ts';
import { explainFailure } from './wire/errors.ts';
import { renderPrompt } from './wire/prompt.ts';
import { convertContent, convertFinish } from './wire/reply.ts';
import type { CallOptions, LanguageModel, ProviderOptions } from './wire/types.ts';
import { convertUsage } from './wire/usage.ts';

export interface SdkModelOptions {
  name: string;
  model: LanguageModel;
  redact: Redact;
  /** Ask for the reply in pieces; it is put together again. */
  streaming: boolean;
  /** Whether the model is shown its own past reasoning. */
  sendReasoning: boolean;
  /** The prefix of an installed package; empty for OpenAI-compatible servers. */
  provider: string;
  variant?: string;
  /** Settings that only this provider knows; see the AI SDK. */
  providerOptions?: ProviderOptions;
}

/** Wraps a language model of the AI SDK. */
export function sdkModel(options: SdkModelOptions): Model {
  const { name, model, redact, streaming } = options;
  return {
    name,
    redact,
    ...(options.variant === undefined ? {} : { variant: options.variant }),
    call: async (request, context = {}) => {
      context.signal?.throwIfAborted();
      const exchange = newExchange();
      const startedAt = new Date();
      const begun = performance.now();
      const callOptions = renderOptions(redact(request), options, context.signal);
      let collected: Collected;
      try {
        collected = await captureExchange(exchange, () =>
          streaming ? stream(model, callOptions) : generate(model, callOptions),
        );
      } catch (error) {
        context.signal?.throwIfAborted();
        throw explainFailure(error, { modelName: name, exchange, redact });
      }
      const message = convertContent(collected.content);
      const reply: ModelReply = {
        message,
        finish: convertFinish(collected.finishReason, message),
        usage: convertUsage(collected.usage),
        costUsd: null,
        model: collected.modelId ?? model.modelId,
        startedAt: startedAt.toISOString(),
        wallMs: performance.now() - begun,
        attempts: 1,
        cached: false,
        raw: { request: exchange.request, response: exchange.response },
      };
      const clean = redact(reply);
      // A key that came in pieces, or escaped, shows only now: then the bytes hold it still.
      return clean === reply ? reply : { ...clean, raw: { ...clean.raw, response: WITHHELD } };
    },
  };
}

const WITHHELD = '[withheld: it repeated a key]';

async function generate(model: LanguageModel, options: CallOptions): Promise<Collected> {
  const result = await model.doGenerate(options);
  return { ...result, modelId: result.response?.modelId };
}

async function stream(model: LanguageModel, options: CallOptions): Promise<Collected> {
  const result = await model.doStream(options);
  return collectStream(result.stream);
}

function renderOptions(
  request: ModelRequest,
  options: SdkModelOptions,
  signal: AbortSignal | undefined,
): CallOptions {
  const { temperature, topP, maxOutputTokens, stop, seed, reasoning } = request.sampling ?? {};
  const tools = request.tools ?? [];
  return {
    prompt: markForCache(renderPrompt(request.messages, options.sendReasoning), options.provider),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(stop === undefined ? {} : { stopSequences: stop }),
    ...(seed === undefined ? {} : { seed }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map((tool) => ({
            type: 'function' as const,
            name: tool.name,
            description: tool.description,
            inputSchema: tool.parameters,
          })),
        }),
    ...(tools.length === 0 || request.toolChoice === undefined
      ? {}
      : { toolChoice: { type: request.toolChoice } }),
    ...(options.providerOptions === undefined ? {} : { providerOptions: options.providerOptions }),
    ...(signal === undefined ? {} : { abortSignal: signal }),
  };
}
