// The `fetch` that models use: it keeps the bytes of each exchange and never waits for a silent server.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { RawExchange } from '../core/schema/model.ts';
import { patientDispatcher } from './patient-dispatcher.ts';
import type { Redact } from './secrets.ts';

/** One exchange while it happens; empty texts until they are known. */
export interface Exchange extends RawExchange {
  status: number | undefined;
  /** When the whole body has arrived. */
  complete: boolean;
}

const current = new AsyncLocalStorage<Exchange>();

/** Runs a call so that what its `fetch` sends and receives lands in `exchange`. */
export function captureExchange<T>(exchange: Exchange, call: () => Promise<T>): Promise<T> {
  return current.run(exchange, call);
}

/** An exchange before it began. */
export function newExchange(): Exchange {
  return { request: '', response: '', status: undefined, complete: false };
}

/**
 * A `fetch` for AI SDK providers. The body is read to its end before it is handed on, so a
 * connection that is cut fails here and never looks like a short reply.
 */
export function createExchangeFetch(redact: Redact): typeof fetch {
  return async (input, init) => {
    const exchange = current.getStore() ?? newExchange();
    exchange.request = typeof init?.body === 'string' ? redact(init.body) : '';
    const response = await fetch(input, { ...init, ...patientDispatcher() });
    exchange.status = response.status;
    const text = redact(await readText(response));
    exchange.response = text;
    exchange.complete = true;
    const headers = new Headers(response.headers);
    headers.delete('content-length');
    headers.delete('content-encoding');
    return new Response(mayHaveBody(response.status) ? text : null, {
      status: response.status,
      statusText: response.statusText,
      headers,
    });
  };
}

/** A reply larger than this is no reply. */
const LARGEST_BODY_BYTES = 256 * 1024 * 1024;

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) throw new RangeError('The reply of the model does not end.');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}
