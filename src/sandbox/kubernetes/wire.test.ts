import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFrames, openStream, renderFrameHead } from './wire.ts';

const COUNT_BYTES = 8;

/** The other side, as `runners/pod/wire.py` does it, over connections that lose what is on its way. */
function openPeer() {
  const state = { received: Buffer.alloc(0), incoming: Buffer.alloc(0) };
  return {
    state,
    hello: (): Buffer => Buffer.from(`${JSON.stringify({ received: state.received.length })}\n`),
    take: (data: Buffer): void => {
      state.incoming = Buffer.concat([state.incoming, data]);
      while (state.incoming.length >= 5) {
        const end = 5 + state.incoming.readUInt32BE(1);
        if (state.incoming.length < end) return;
        if (state.incoming[0] === 0) {
          state.received = Buffer.concat([state.received, state.incoming.subarray(5, end)]);
        }
        state.incoming = state.incoming.subarray(end);
      }
    },
  };
}

describe('the stream', () => {
  test('loses and repeats nothing, wherever its connections break', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.nat(4000)), {
          maxLength: 12,
        }),
        (steps) => {
          const wire: Buffer[] = [];
          const stream = openStream((parts) => wire.push(...parts));
          const peer = openPeer();
          const connect = (): void => {
            peer.state.incoming = Buffer.alloc(0);
            wire.length = 0;
            stream.disconnect();
            stream.take(peer.hello());
          };
          connect();
          for (const [data, arriving] of steps) {
            stream.send(Buffer.from(data));
            // Only the beginning of what was written gets through before the break.
            peer.take(Buffer.concat(wire).subarray(0, arriving));
            connect();
          }
          for (const data of wire) peer.take(data);
          const sent = Buffer.concat(steps.map(([data]) => Buffer.from(data)));
          expect(peer.state.received.equals(sent)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('forgets what the other side has', () => {
    const stream = openStream(() => undefined);
    stream.send(Buffer.alloc(10_000));
    stream.take(Buffer.from('{"received": 4000}\n'));
    expect(stream.pending).toBe(6000);
    const count = Buffer.alloc(5 + COUNT_BYTES);
    count.writeUInt8(1, 0);
    count.writeUInt32BE(COUNT_BYTES, 1);
    count.writeBigUInt64BE(10_000n, 5);
    stream.take(count);
    expect(stream.pending).toBe(0);
  });

  test('refuses a count of what was never sent', () => {
    const stream = openStream(() => undefined);
    expect(() => stream.take(Buffer.from('{"received": 1}\n'))).toThrow('never sent');
  });
});

describe('frames', () => {
  test('come out whole, however they are cut', () => {
    const frame = fc.record({
      header: fc.dictionary(fc.string(), fc.string()),
      payload: fc.uint8Array(),
    });
    fc.assert(
      fc.property(fc.array(frame), fc.integer({ min: 1, max: 200 }), (sent, size) => {
        const bytes = Buffer.concat(
          sent.flatMap(({ header, payload }) => [renderFrameHead(header, payload.length), payload]),
        );
        const take = openFrames();
        const got = [];
        for (let offset = 0; offset < bytes.length; offset += size) {
          got.push(...take(bytes.subarray(offset, offset + size)));
        }
        expect(got.map(({ header, payload }) => [header, [...payload]])).toEqual(
          sent.map(({ header, payload }) => [{ ...header }, [...payload]]),
        );
      }),
      { numRuns: 50 },
    );
  });
});
