// Hands bytes to a stream no faster than it takes them.
import { finished } from 'node:stream';

/** Resolves when the stream wants more, or will never. */
export function give(stream: NodeJS.WritableStream, chunk: Uint8Array): void | Promise<void> {
  if (!stream.writable || stream.write(chunk)) return undefined;
  return new Promise((resolve) => {
    const done = (): void => {
      stopListening();
      stream.off('drain', done);
      resolve();
    };
    const stopListening = finished(stream, done);
    stream.once('drain', done);
  });
}
