// Takes the two output streams of a container apart: the engine sends them as frames over one connection.
import type { Readable } from 'node:stream';

const HEADER = 8;
const STDERR = 2;

/** Where output goes; a promise holds up the connection until it resolves. */
export interface Sinks {
  stdout: (chunk: Buffer) => void | Promise<void>;
  stderr: (chunk: Buffer) => void | Promise<void>;
}

/** Reads frames to their end. A connection that breaks is an end: the container's state tells the rest. */
export async function demultiplex(stream: Readable, sinks: Sinks): Promise<void> {
  let pending: Buffer = Buffer.alloc(0);
  let left = 0;
  let kind = 0;
  try {
    for await (const piece of stream) {
      pending =
        pending.length === 0 ? (piece as Buffer) : Buffer.concat([pending, piece as Buffer]);
      for (;;) {
        if (left === 0) {
          if (pending.length < HEADER) break;
          kind = pending[0] ?? 0;
          left = pending.readUInt32BE(4);
          pending = pending.subarray(HEADER);
        }
        if (pending.length === 0) break;
        const chunk = pending.subarray(0, left);
        pending = pending.subarray(chunk.length);
        left -= chunk.length;
        await (kind === STDERR ? sinks.stderr(chunk) : sinks.stdout(chunk));
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET' && code !== 'EPIPE')
      throw error;
  }
}
