// The identity of a request: what it asks, of which model, and which draw of it is wanted.
import { contentHash } from '../core/ids.ts';
import type { Model } from '../core/model.ts';
import type { ModelRequest } from '../core/schema/model.ts';

// A conversation is asked again at every step with one message more: what was hashed stays hashed.
const known = new WeakMap<object, string>();

/**
 * Equal for equal requests, whatever the order of their fields. Requests and their messages must
 * not be changed after they were made.
 */
export function requestHash(model: Pick<Model, 'name' | 'variant'>, request: ModelRequest): string {
  return contentHash(model.name, model.variant ?? '', remember(request, hashRequest));
}

function hashRequest(request: ModelRequest): string {
  const { messages, tools = [], ...rest } = request;
  const parts = [...messages, ...tools].map((part) => remember(part, hashFields));
  return contentHash(String(messages.length), parts.join(''), canonical(rest));
}

function hashFields(fields: object): string {
  return contentHash(canonical(fields));
}

function remember<T extends object>(value: T, hash: (value: T) => string): string {
  const found = known.get(value) ?? hash(value);
  known.set(value, found);
  return found;
}

/** Equal texts for equal data, whatever the order of fields. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]),
  );
}
