// Our side of `runners/pod/wire.py`: a byte stream that outlives its connection, and frames on it.

const CHUNK = 1 << 16;
const ACKNOWLEDGE_EVERY = 1 << 18;
const CHUNK_HEAD = 5;
const FRAME_HEAD = 8;
const COUNT = 8;
const NEWLINE = 10;

export interface Frame {
  header: Record<string, unknown>;
  payload: Buffer;
}

export interface ReliableStream {
  /** The first line of a connection: our secret, and how much we have. */
  hello(secret: string): Buffer;
  /** Bytes of the stream; sent now when connected, and again after a break. */
  send(data: Buffer): void;
  /** Bytes from the connection. Throws when they make no sense. */
  take(data: Buffer): Buffer;
  /** Says how much has arrived: a sign of life. */
  tell(): void;
  /** Starts over: what was not acknowledged goes out once the other side has said hello. */
  disconnect(): void;
  /** Bytes sent and not acknowledged. */
  readonly pending: number;
}

/** `write` puts bytes on the present connection, as one message. */
export function openStream(write: (parts: readonly Buffer[]) => void): ReliableStream {
  let received = 0;
  let told = 0;
  let start = 0;
  let kept: Buffer[] = [];
  let pending = 0;
  let connected = false;
  let incoming: Buffer = Buffer.alloc(0);

  const acknowledge = (count: number): void => {
    if (count < start || count > start + pending) throw new Error('it counts what was never sent');
    while (start < count) {
      const [chunk] = kept;
      if (chunk === undefined) break;
      const done = Math.min(chunk.length, count - start);
      if (done === chunk.length) kept.shift();
      else kept[0] = chunk.subarray(done);
      start += done;
      pending -= done;
    }
  };
  const put = (kind: number, payload: Buffer): void => {
    const head = Buffer.alloc(CHUNK_HEAD);
    head.writeUInt8(kind, 0);
    head.writeUInt32BE(payload.length, 1);
    write([head, payload]);
  };
  const tell = (): void => {
    if (!connected) return;
    told = received;
    const count = Buffer.alloc(COUNT);
    count.writeBigUInt64BE(BigInt(received));
    put(1, count);
  };
  const greet = (): boolean => {
    const end = incoming.indexOf(NEWLINE);
    if (end === -1) return false;
    const { received: theirs } = JSON.parse(incoming.subarray(0, end).toString()) as {
      received: number;
    };
    incoming = incoming.subarray(end + 1);
    acknowledge(theirs);
    connected = true;
    for (const chunk of kept) put(0, chunk);
    return true;
  };

  return {
    hello: (secret) => {
      told = received;
      return Buffer.from(`${JSON.stringify({ secret, received })}\n`);
    },
    send: (data) => {
      for (let offset = 0; offset < data.length; offset += CHUNK) {
        const chunk = data.subarray(offset, offset + CHUNK);
        kept.push(chunk);
        pending += chunk.length;
        if (connected) put(0, chunk);
      }
    },
    take: (data) => {
      incoming = incoming.length === 0 ? data : Buffer.concat([incoming, data]);
      if (!connected && !greet()) return Buffer.alloc(0);
      const parts: Buffer[] = [];
      while (incoming.length >= CHUNK_HEAD) {
        const end = CHUNK_HEAD + incoming.readUInt32BE(1);
        if (incoming.length < end) break;
        const payload = incoming.subarray(CHUNK_HEAD, end);
        if (incoming.readUInt8(0) === 1) acknowledge(Number(payload.readBigUInt64BE(0)));
        else parts.push(payload);
        incoming = incoming.subarray(end);
      }
      const stream = Buffer.concat(parts);
      received += stream.length;
      if (received - told >= ACKNOWLEDGE_EVERY) tell();
      return stream;
    },
    tell,
    disconnect: () => {
      connected = false;
      incoming = Buffer.alloc(0);
    },
    get pending() {
      return pending;
    },
  };
}

/** Cuts a byte stream into frames. */
export function openFrames(): (data: Buffer) => Frame[] {
  let waiting: Buffer[] = [];
  let size = 0;
  let needed = FRAME_HEAD;
  return (data) => {
    waiting.push(data);
    size += data.length;
    const frames: Frame[] = [];
    while (size >= needed) {
      let all = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting);
      const middle = FRAME_HEAD + all.readUInt32BE(0);
      const end = middle + all.readUInt32BE(4);
      needed = end;
      if (size >= end) {
        const header = JSON.parse(all.subarray(FRAME_HEAD, middle).toString()) as Frame['header'];
        frames.push({ header, payload: all.subarray(middle, end) });
        all = all.subarray(end);
        size -= end;
        needed = FRAME_HEAD;
      }
      waiting = [all];
    }
    return frames;
  };
}

/** The bytes of a frame before its payload. */
export function renderFrameHead(header: object, payloadBytes: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32BE(text.length, 0);
  head.writeUInt32BE(payloadBytes, 4);
  return Buffer.concat([head, text]);
}
