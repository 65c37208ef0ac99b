// A container that answers one question about its image and is gone.
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { ownerLabels } from '../remote/owner.ts';
import { confined } from './confined.ts';
import { demultiplex } from './demultiplex.ts';
import { explainEngineError } from './engine.ts';
import { ignoreGone } from './leftovers.ts';

/** Runs without network; output is both streams together. */
export async function runOnce(
  engine: Docker,
  question: { image: string; user: string; argv: readonly string[] },
): Promise<{ exitCode: number; output: string }> {
  let container: Docker.Container | undefined;
  try {
    container = await engine.createContainer({
      Image: question.image,
      User: question.user,
      Entrypoint: [...question.argv],
      Cmd: [],
      WorkingDir: '/',
      Labels: { ...ownerLabels() },
      HostConfig: { ...confined, NetworkMode: 'none' },
    });
    const stream = (await container.attach({ stream: true, stdout: true, stderr: true })) as Duplex;
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer): void => void chunks.push(chunk);
    const reading = demultiplex(stream, { stdout: take, stderr: take });
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    await reading;
    return { exitCode: StatusCode, output: Buffer.concat(chunks).toString() };
  } catch (error) {
    throw explainEngineError(error, 'run a container');
  } finally {
    if (container) await ignoreGone(container.remove({ force: true, v: true }));
  }
}
