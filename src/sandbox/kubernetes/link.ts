// The one channel to a pod's supervisor, whatever becomes of the connections that carry it.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import type { Connection } from './cluster.ts';
import { bridgeWords } from './program.ts';
import { type Frame, openFrames, openStream, renderFrameHead } from './wire.ts';

const SIGN_OF_LIFE_MS = 10_000;
const SILENCE_MS = 45_000;
/** Longer than a control plane or a balancer takes to come back. */
const RECONNECT_MS = 180_000;
const LONGEST_PAUSE_MS = 10_000;

/** How a link finds its pod again and again. */
export interface Reach {
  connect(words: readonly string[], take: (data: Buffer) => void): Promise<Connection>;
  /** Why the pod is gone; undefined while it runs. */
  explainLoss(): Promise<string | undefined>;
}

export interface Link {
  send(header: object, payload?: Uint8Array): void;
  /** Rejects once the pod is gone, cannot be reached any more or the link is closed; never resolves. */
  readonly lost: Promise<never>;
  close(): void;
}

/** Connects, and connects again after every break. Throws when the first connection fails. */
export async function openLink(reach: Reach, onFrame: (frame: Frame) => void): Promise<Link> {
  const secret = randomBytes(24).toString('hex');
  let connection: Connection | undefined;
  let closed = false;
  let heard = Date.now();
  let lose: (error: unknown) => void = () => undefined;
  const lost = new Promise<never>((_resolve, reject) => (lose = reject));
  lost.catch(() => undefined); // Not everyone waits for it.

  const stream = openStream((parts) => connection?.send(parts));
  const frames = openFrames();
  const connect = async (): Promise<void> => {
    let current: Connection | undefined;
    const take = (data: Buffer): void => {
      // A connection that was given up may still deliver what its successor gets again.
      if (current === undefined || current !== connection) return;
      heard = Date.now();
      try {
        for (const frame of frames(stream.take(data))) onFrame(frame);
      } catch (error) {
        fail(`its supervisor cannot be understood: ${errorMessage(error)}`);
      }
    };
    current = await reach.connect(bridgeWords(), take);
    if (closed) return current.close();
    connection = current;
    heard = Date.now();
    current.send([stream.hello(secret)]);
    void current.closed.then((reason) => {
      if (connection === current) void reconnect(reason);
    });
  };
  const fail = (reason: string): void => {
    closed = true;
    clearInterval(pulse);
    connection?.close();
    lose(
      new SwemintError('sandbox-broken', `A sandbox pod is gone: ${reason}.`, {
        hint: 'Look at it with kubectl describe pod, or raise the limits that it ran into.',
      }),
    );
  };
  const reconnect = async (reason: string): Promise<void> => {
    connection = undefined;
    stream.disconnect();
    const deadline = Date.now() + RECONNECT_MS;
    let last = reason;
    for (let pause = 50; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      if (closed) return;
      try {
        const end = await reach.explainLoss();
        if (end !== undefined) return fail(end);
        await connect();
        return;
      } catch (error) {
        last = errorMessage(error);
      }
      if (Date.now() > deadline)
        return fail(`its channel broke and could not be restored: ${last}`);
      await sleep(pause);
    }
  };
  const pulse = setInterval(() => {
    stream.tell();
    if (connection !== undefined && Date.now() - heard > SILENCE_MS) connection.close();
  }, SIGN_OF_LIFE_MS);
  pulse.unref();

  try {
    await connectFirst(connect);
  } catch (error) {
    clearInterval(pulse);
    throw error;
  }
  return {
    send: (header, payload = Buffer.alloc(0)) => {
      stream.send(renderFrameHead(header, payload.length));
      // Not together: that would be one more copy of everything.
      stream.send(Buffer.from(payload.buffer, payload.byteOffset, payload.length));
    },
    lost,
    close: () => {
      closed = true;
      clearInterval(pulse);
      connection?.close();
      lose(new SwemintError('sandbox-closed', 'The sandbox is closed.'));
    },
  };
}

// A pod counts as running a moment before its program listens.
async function connectFirst(connect: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect();
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(100 * attempt);
    }
  }
}
