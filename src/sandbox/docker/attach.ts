// Opens both directions of a container's process 1, before it starts.
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';

/** Output comes in frames; ending the stream ends the process' standard input. */
export async function attachTo(engine: Docker, id: string): Promise<Duplex> {
  const stream = await new Promise<Duplex>((resolve, reject) => {
    engine.modem.dial(
      {
        path: `/containers/${id}/attach?`,
        method: 'POST',
        options: { stream: true, stdin: true, stdout: true, stderr: true },
        // Not `container.attach`: it sends a body, which Podman hands to the process as input.
        file: Buffer.alloc(0),
        isStream: true,
        hijack: true,
        statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
      },
      (error, opened) => (error ? reject(error) : resolve(opened as Duplex)),
    );
  });
  // Whoever reads it sees its end; a program need not read its input.
  stream.on('error', () => undefined);
  return stream;
}
