// Names for things: content hashes, so that the same thing has the same name on every machine.
import { createHash } from 'node:crypto';

/** SHA-256 of the parts as lower-case hex. Parts are length-prefixed, so `["ab","c"]` and `["a","bc"]` differ. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return hash.digest('hex');
}

/** The 8-character form that appears in instance ids, e.g. `func_pm_op_swap__3c0de1a2`. */
export function shortHash(...parts: readonly string[]): string {
  return contentHash(...parts).slice(0, 8);
}
