// Collects one output stream up to a limit.

export interface Collector {
  /** Takes a chunk; returns false from the moment the limit is passed. */
  take(chunk: Uint8Array): boolean;
  /** Bytes are read as UTF-8; anything else becomes the replacement character. */
  text(): string;
  readonly truncated: boolean;
}

/** Keeps the first `limit` bytes. */
export function collectOutput(limit: number): Collector {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let truncated = false;
  return {
    take: (chunk) => {
      const room = limit - size;
      if (chunk.length > room) truncated = true;
      if (room > 0) chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      size = Math.min(limit, size + chunk.length);
      return !truncated;
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
    get truncated() {
      return truncated;
    },
  };
}
