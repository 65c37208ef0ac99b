// Opens the connection that a model's name asks for: a module, an installed package, or an OpenAI-compatible endpoint.
import { isAbsolute } from 'node:path';
import type { Model } from '../core/model.ts';
import { type Endpoint, resolveEndpoint } from './endpoint.ts';
import { checkEndpoint } from './check-endpoint.ts';
import { createExchangeFetch } from './exchange.ts';
import { loadInstalledModel } from './providers/installed.ts';
import { loadModelModule } from './providers/module.ts';
import { parseProviderPrefix } from './providers/packages.ts';
import { canonical } from './request-hash.ts';
import { sdkModel, type SdkModelOptions } from './sdk-model.ts';
import { createRedact, likelySecrets, type Redact } from './secrets.ts';
import type { LanguageModel, ProviderOptions } from './wire/types.ts';

export interface WireSettings {
  /** A name the server knows, `provider:name` for an installed AI SDK package, or a path to a module. */
  model: string;
  /** Of an OpenAI-compatible server, version included; see `ADDRESS_VARIABLES` for the environment. */
  baseUrl?: string;
  /** Read from the environment when absent; see `KEY_VARIABLES`. */
  apiKey?: string;
  headers?: Readonly<Record<string, string>>;
  /** Merged into every request: the body's own fields, or the provider's options of the AI SDK. */
  body?: Readonly<Record<string, unknown>>;
  /** Ask for replies in pieces: for proxies that cut silent connections. Default false. */
  streaming?: boolean;
  /** Show the model its own past reasoning. Default true; a few servers refuse it. */
  sendReasoning?: boolean;
  /** Whose variables to read. Default `process.env`. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Where provider packages are looked for. Default: the current folder. */
  folder?: string;
}

export interface OpenWire {
  /** One call, one request: no wrapper yet. */
  wire: Model;
  /** Removes the keys from anything that is about to be written down. */
  redact: Redact;
  /** Throws `ModelError` when the server is not there or refuses the key. Costs nothing. */
  check: (signal?: AbortSignal) => Promise<void>;
}

/** Throws `SwemintError` for a bad address, a missing key, or a package or module that cannot be loaded. */
export async function openWire(settings: WireSettings): Promise<OpenWire> {
  const { model: name } = settings;
  const environment = settings.environment ?? process.env;
  const guard = (key: string | undefined): Redact =>
    createRedact([key, ...likelySecrets(environment), ...likelySecrets(settings.headers)]);
  if (name.startsWith('.') || isAbsolute(name)) {
    const redact = guard(settings.apiKey);
    return { wire: { redact, ...(await loadModelModule(name)) }, redact, check: cannotTell };
  }
  const prefixed = parseProviderPrefix(name);
  if (prefixed) {
    const key = settings.apiKey ?? environment['SWEMINT_API_KEY'];
    const redact = guard(key);
    const model = await openPackage(prefixed, key, redact, settings);
    const own = settings.body && ({ [prefixed.provider]: settings.body } as ProviderOptions);
    return {
      wire: sdkModel({
        ...sdkOptions(settings, redact, prefixed.provider),
        model,
        ...(own ? { providerOptions: own } : {}),
      }),
      redact,
      check: cannotTell,
    };
  }
  const endpoint = resolveEndpoint(settings, environment);
  const headers = settings.headers ?? {};
  const redact = guard(endpoint.apiKey);
  const model = await openCompatible(endpoint, redact, settings);
  return {
    wire: sdkModel({ ...sdkOptions(settings, redact), model }),
    redact,
    check: (signal) => checkEndpoint({ modelName: name, endpoint, headers, redact }, signal),
  };
}

/** Other providers have no free question in common. */
const cannotTell = (): Promise<void> => Promise.resolve();

function sdkOptions(
  settings: WireSettings,
  redact: Redact,
  provider = '',
): Omit<SdkModelOptions, 'model'> {
  return {
    name: settings.model,
    redact,
    provider,
    streaming: settings.streaming ?? false,
    sendReasoning: settings.sendReasoning ?? true,
    ...(settings.body === undefined ? {} : { variant: canonical(settings.body) }),
  };
}

function openPackage(
  { provider, modelId }: { provider: string; modelId: string },
  apiKey: string | undefined,
  redact: Redact,
  { baseUrl, headers, folder = process.cwd() }: WireSettings,
): Promise<LanguageModel> {
  const settings = {
    fetch: createExchangeFetch(redact),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
    ...(headers === undefined ? {} : { headers }),
  };
  return loadInstalledModel(provider, modelId, settings, folder);
}

async function openCompatible(
  { baseUrl, apiKey }: Endpoint,
  redact: Redact,
  { model, headers, body }: WireSettings,
): Promise<LanguageModel> {
  // Loaded when it is needed: it takes longer than everything else at the start.
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const provider = createOpenAICompatible({
    name: 'endpoint',
    baseURL: baseUrl,
    includeUsage: true,
    fetch: createExchangeFetch(redact),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(body === undefined ? {} : { transformRequestBody: (own) => ({ ...own, ...body }) }),
  });
  return provider.chatModel(model);
}
