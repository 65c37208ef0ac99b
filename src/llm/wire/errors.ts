// Says in one sentence why a call failed, and whether it is worth trying again.
import { ModelError, type ModelErrorCode } from '../../core/model.ts';
import { errorMessage } from '../../core/errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Redact } from '../secrets.ts';
import { parseRetryAfter } from './retry-after.ts';
import { parseRawUsage } from './usage.ts';

/** The part of the AI SDK's `APICallError` that we read; other packages' errors have it in parts. */
interface ApiFailure {
  statusCode?: number;
  responseHeaders?: Record<string, string>;
  responseBody?: string;
  data?: unknown;
}

export interface FailureScene {
  modelName: string;
  exchange: Exchange;
  redact: Redact;
}

const CONTEXT_LIMIT =
  /context[ _]?(?:length|window|size)|maximum (?:context|prompt|input)|(?:prompt|input|request|conversation)[^.]{0,40}too (?:long|large|many)|too many (?:input )?tokens|exceeds?[^.]{0,60}(?:context|tokens)|reduce the length/i;
const QUOTA =
  /insufficient[_ ](?:quota|balance|funds|credit)|exceeded your current quota|billing|out of credits?/i;

/** Any failure of a call as a `ModelError`. */
export function explainFailure(error: unknown, scene: FailureScene): ModelError {
  const { exchange, redact, modelName } = scene;
  const failure = (error ?? {}) as ApiFailure;
  const status = failure.statusCode ?? exchange.status;
  if (status === undefined || (isSuccess(status) && !exchange.complete)) {
    return new ModelError(
      'model-unreachable',
      `${unreachable(modelName, status)}: ${reason(error, redact)}.`,
      {
        hint: 'Check the base URL, and that the server is running.',
        retryable: true,
        cause: redact(errorMessage(error)),
      },
    );
  }
  if (isSuccess(status)) {
    const usage = parseRawUsage(exchange.response);
    const inStream = describesContextLimit(exchange.response) && usage === undefined;
    if (inStream) return build('model-context-limit', scene, error, status);
    return new ModelError(
      'model-invalid-reply',
      `The model ${modelName} gave a reply that cannot be read: ${reason(error, redact)}.`,
      { retryable: true, status, cause: redact(errorMessage(error)), ...(usage ? { usage } : {}) },
    );
  }
  const body = `${errorMessage(error)}\n${failure.responseBody ?? exchange.response}`;
  return build(
    classify(status, body),
    scene,
    error,
    status,
    parseRetryAfter(failure.responseHeaders),
  );
}

/** What a server means by a status and its words. */
export function classify(status: number, body: string): ModelErrorCode {
  if (status === 401 || status === 403) return 'model-unauthorized';
  if (status === 402 || (status === 429 && QUOTA.test(body))) return 'model-quota';
  if (status === 413 || (status === 429 && /request too large/i.test(body))) {
    return 'model-context-limit';
  }
  if (status < 500 && status !== 429 && CONTEXT_LIMIT.test(body)) return 'model-context-limit';
  if (status === 404) return 'model-not-found';
  if (status === 429) return 'model-rate-limit';
  if (status >= 500 || status === 408 || status === 409 || status === 425)
    return 'model-overloaded';
  return 'model-refused';
}

const sentences: Partial<
  Record<ModelErrorCode, { says: string; hint?: string; retryable?: true }>
> = {
  'model-unauthorized': {
    says: 'does not accept the key',
    hint: 'Set SWEMINT_API_KEY (or OPENAI_API_KEY) to a key of this server.',
  },
  'model-quota': {
    says: 'is not paid for',
    hint: "Look at the account's balance, or use another key.",
  },
  'model-not-found': {
    says: 'is not known to the server',
    hint: 'Check --model and --base-url; the base URL usually ends in /v1.',
  },
  'model-context-limit': { says: 'cannot take a request of this length' },
  'model-rate-limit': { says: 'has too many requests', retryable: true },
  'model-overloaded': { says: 'is not available now', retryable: true },
  'model-refused': { says: 'refuses the request' },
};

function build(
  code: ModelErrorCode,
  { modelName, redact }: FailureScene,
  error: unknown,
  status: number,
  retryAfterMs?: number,
): ModelError {
  const sentence = sentences[code];
  return new ModelError(
    code,
    `The model ${modelName} ${sentence?.says ?? 'failed'} (HTTP ${status}: ${reason(error, redact)}).`,
    {
      status,
      retryable: sentence?.retryable ?? false,
      cause: redact(errorMessage(error)),
      ...(sentence?.hint === undefined ? {} : { hint: sentence.hint }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

function describesContextLimit(response: string): boolean {
  return /"error"/.test(response) && CONTEXT_LIMIT.test(response);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function unreachable(modelName: string, status: number | undefined): string {
  return status === undefined
    ? `The model ${modelName} cannot be reached`
    : `The connection to the model ${modelName} was cut`;
}

/** The innermost message, on one line: outer ones only say that something failed. */
function reason(error: unknown, redact: Redact): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const text = redact(errorMessage(inner)).replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text || 'no reason given';
}
