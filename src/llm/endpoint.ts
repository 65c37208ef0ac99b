// Finds out where the model is served and with which key, from settings and environment.
import { SwemintError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface EndpointSettings {
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
}

export interface Endpoint {
  /** Without a trailing slash, e.g. `http://127.0.0.1:8000/v1`. */
  baseUrl: string;
  /** Local servers need none. */
  apiKey: string | undefined;
}

/** Where keys are looked for, first one wins. The last is SWE-Hub's. */
export const KEY_VARIABLES = ['SWEMINT_API_KEY', 'OPENAI_API_KEY', 'QIANFAN_BEARER_TOKEN'] as const;

/** Where the address is looked for, first one wins. The last is SWE-Hub's. */
export const ADDRESS_VARIABLES = ['SWEMINT_BASE_URL', 'OPENAI_BASE_URL', 'LLM_BASE_URL'] as const;

const OPENAI = 'https://api.openai.com/v1';

/**
 * The endpoint of an OpenAI-compatible server. Settings win over the environment.
 * Throws `SwemintError('bad-base-url')`, or `'no-api-key'` when OpenAI itself is meant and there is no key.
 */
export function resolveEndpoint(settings: EndpointSettings, environment: Environment): Endpoint {
  const baseUrl = settings.baseUrl ?? firstOf(environment, ADDRESS_VARIABLES) ?? OPENAI;
  const apiKey = settings.apiKey ?? firstOf(environment, KEY_VARIABLES);
  checkAddress(baseUrl);
  if (apiKey === undefined && baseUrl === OPENAI) {
    throw new SwemintError('no-api-key', 'There is no key for the model.', {
      hint: `Set ${KEY_VARIABLES[0]} (or ${KEY_VARIABLES[1]}), or name your own server with --base-url.`,
    });
  }
  return { baseUrl: baseUrl.replace(/\/+$/, ''), apiKey };
}

function firstOf(environment: Environment, names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]?.trim()).find((value) => value);
}

function checkAddress(address: string): void {
  const url = URL.parse(address);
  if (url?.username || url?.password) {
    throw new SwemintError(
      'bad-base-url',
      'The base URL of the model holds a user name or password.',
      {
        hint: 'Give the key in SWEMINT_API_KEY instead: addresses are written down.',
      },
    );
  }
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return;
  throw new SwemintError('bad-base-url', 'The base URL of the model is not an http(s) address.', {
    hint: 'Give the address up to and including the version, e.g. http://127.0.0.1:8000/v1.',
  });
}
