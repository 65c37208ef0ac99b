// Keeps keys out of everything that is written down: they are replaced wherever they turn up.

const PLACEHOLDER = '[key removed]';
/** Shorter values are words, not keys: replacing them would garble ordinary text. */
const SHORTEST_KEY = 8;
const KEY_NAME = /(?:^|[_-])(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|AUTHORIZATION|COOKIE)$/i;
/** What was not handed to us as a key must also look like one: `password` or a path would turn up in ordinary text. */
const KEY_LOOK = /^(?![~./])(?:(?=.*\d)\S{12,}|\S{24,})$/;

/** Replaces every secret in a value: text, or plain data with texts in it. Gives back the same value when there is none. */
export type Redact = <T>(value: T) => T;

/** Values that look like keys by their own form and the name of their variable or header. */
export function likelySecrets(
  named: Readonly<Record<string, string | undefined>> | undefined,
): string[] {
  return Object.entries(named ?? {}).flatMap(([name, value]) => {
    const key = value?.trim().replace(/^Bearer /, '') ?? '';
    return KEY_NAME.test(name) && KEY_LOOK.test(key) ? [key] : [];
  });
}

/** Makes the function that removes these secrets. */
export function createRedact(secrets: readonly (string | undefined)[]): Redact {
  const known = [...new Set(secrets)]
    .filter((secret) => secret !== undefined)
    .filter((secret) => secret.length >= SHORTEST_KEY)
    // A key that contains another must go first.
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => [...new Set([secret, JSON.stringify(secret).slice(1, -1)])]);
  const redactText = (text: string): string =>
    known.reduce((rest, secret) => rest.replaceAll(secret, PLACEHOLDER), text);
  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return redactText(value);
    if (Array.isArray(value)) return mapSame(value, redact);
    if (value !== null && typeof value === 'object') return redactFields(value, redact);
    return value;
  };
  return <T>(value: T): T => (known.length === 0 ? value : (redact(value) as T));
}

function mapSame(values: readonly unknown[], change: (value: unknown) => unknown): unknown {
  const changed = values.map(change);
  return changed.some((value, index) => value !== values[index]) ? changed : values;
}

function redactFields(fields: object, change: (value: unknown) => unknown): unknown {
  const entries = Object.entries(fields);
  const changed = entries.map(([name, value]) => [change(name), change(value)] as const);
  const same = changed.every(
    ([name, value], index) => name === entries[index]?.[0] && value === entries[index]?.[1],
  );
  return same ? fields : Object.fromEntries(changed);
}
