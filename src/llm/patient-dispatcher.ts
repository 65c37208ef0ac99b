// Lets a reply take longer than the five minutes after which Node's own fetch gives up.

type Dispatcher = NonNullable<RequestInit['dispatcher']>;

const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');
const AGENT_NAME = 'Agent';

let patient: Dispatcher | undefined;

/**
 * The `dispatcher` option for `fetch`: connections without Node's limits on silence, because a
 * model may think for long and our own limits apply. Empty where the user put another dispatcher
 * in place (a proxy, say): theirs is kept.
 */
export function patientDispatcher(): { dispatcher?: Dispatcher } {
  // Node loads its fetch when it is first needed; until then there is nothing to take the class from.
  void globalThis.Headers;
  const global = (globalThis as Record<symbol, unknown>)[GLOBAL_DISPATCHER] as
    | { constructor: new (options: object) => Dispatcher }
    | undefined;
  if (global?.constructor.name !== AGENT_NAME) return {};
  patient ??= new global.constructor({ headersTimeout: 0, bodyTimeout: 0, connections: null });
  return { dispatcher: patient };
}
