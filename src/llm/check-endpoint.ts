// Asks a server whether it is there and knows the key, before work begins and without a paid request.
import { z } from 'zod';
import { parseJson } from './parse-json.ts';
import type { Endpoint } from './endpoint.ts';
import { newExchange } from './exchange.ts';
import type { Redact } from './secrets.ts';
import { explainFailure } from './wire/errors.ts';

export interface EndpointCheck {
  /** For messages. */
  modelName: string;
  endpoint: Endpoint;
  headers: Readonly<Record<string, string>>;
  redact: Redact;
}

const PATIENCE_MS = 15_000;

/**
 * Reads the list of models, which every OpenAI-compatible server should have and nobody charges for.
 * Throws `ModelError` when there is no server, or when it refuses the key. A server without a list
 * passes: only a call can tell more.
 */
export async function checkEndpoint(check: EndpointCheck, signal?: AbortSignal): Promise<void> {
  const { endpoint, modelName, redact } = check;
  const clock = AbortSignal.timeout(PATIENCE_MS);
  const scene = { modelName, exchange: newExchange(), redact };
  let response: Response;
  try {
    response = await fetch(`${endpoint.baseUrl}/models`, {
      headers: {
        ...(endpoint.apiKey === undefined ? {} : { Authorization: `Bearer ${endpoint.apiKey}` }),
        ...check.headers,
      },
      signal: signal ? AbortSignal.any([signal, clock]) : clock,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure(error, scene);
  }
  const body = redact(await response.text());
  if (response.status !== 401 && response.status !== 403) return;
  const refusal = Object.assign(new Error(said(body)), { statusCode: response.status });
  throw explainFailure(refusal, scene);
}

const errorBody = z.object({ error: z.object({ message: z.string() }) });

/** The sentence in an error's body, or the body itself where it has another form. */
function said(body: string): string {
  const found = errorBody.safeParse(parseJson(body));
  return (found.success ? found.data.error.message : body).slice(0, 200);
}
