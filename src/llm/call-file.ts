// Keeps paid calls in one file that only grows: one line per call, whole or not there.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { SwemintError } from '../core/errors.ts';
import type { CallStore } from '../core/model.ts';
import { modelReply, paidCall, type PaidCall } from '../core/schema/model.ts';
import { parseJson } from './parse-json.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** The account in the clear, the reply packed: raw requests repeat the whole conversation. */
const line = paidCall.omit({ reply: true }).extend({ reply: z.string().nullable() });
type Line = z.infer<typeof line>;

interface Place {
  offset: number;
  bytes: number;
}

export interface CallFile extends CallStore, AsyncDisposable {
  /** Lines that a kill had torn and that were left out. */
  readonly torn: number;
}

/**
 * Opens (or begins) a file of paid calls. Replies stay on disk; memory holds one entry per call.
 * Throws `SwemintError('bad-call-file')` when it is something else.
 */
export async function openCallFile(path: string): Promise<CallFile> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  const places = new Map<string, Place>();
  const summaries: Omit<PaidCall, 'reply'>[] = [];
  const { end, torn } = await index(file, path, places, summaries);
  let size = end;
  let last: Promise<unknown> = Promise.resolve();

  const append = async (call: PaidCall): Promise<void> => {
    const { reply, ...summary } = call;
    const packed = reply ? (await compress(JSON.stringify(reply))).toString('base64') : null;
    const text = Buffer.from(`${JSON.stringify({ ...summary, reply: packed } satisfies Line)}\n`);
    await file.appendFile(text);
    if (reply) places.set(call.hash, { offset: size, bytes: text.length });
    summaries.push(summary);
    size += text.length;
  };
  return {
    torn,
    read: async (hash) => {
      const place = places.get(hash);
      if (!place) return undefined;
      const { buffer } = await file.read(Buffer.alloc(place.bytes), 0, place.bytes, place.offset);
      const found = line.parse(JSON.parse(buffer.toString()));
      const reply = await decompress(Buffer.from(found.reply ?? '', 'base64'));
      return { ...found, reply: modelReply.parse(JSON.parse(reply.toString())) };
    },
    write: (call) => {
      const written = last.then(() => append(call));
      last = written.catch(() => undefined);
      return written;
    },
    list: async function* () {
      yield* summaries;
    },
    [Symbol.asyncDispose]: async () => {
      await last;
      await file.close();
    },
  };
}

async function index(
  file: FileHandle,
  path: string,
  places: Map<string, Place>,
  summaries: Omit<PaidCall, 'reply'>[],
): Promise<{ end: number; torn: number }> {
  let offset = 0;
  let torn = 0;
  for await (const text of linesOf(file)) {
    const bytes = text.length + 1;
    const parsed = line.safeParse(parseJson(text.toString()));
    if (parsed.success) {
      const { reply, ...summary } = parsed.data;
      if (reply !== null) places.set(summary.hash, { offset, bytes });
      summaries.push(summary);
    } else if (
      summaries.length === 0 &&
      torn === 0 &&
      text.length > 0 &&
      !text.subarray(0, 1).equals(BRACE)
    ) {
      throw new SwemintError('bad-call-file', `${path} does not hold model calls.`, {
        hint: 'Name another file, or remove this one.',
      });
    } else torn += 1;
    offset += bytes;
  }
  const { size } = await file.stat();
  // A torn last line gets its end now, so that the next one begins on its own.
  if (size > 0 && offset > size) await file.appendFile('\n');
  return { end: offset, torn };
}

const BRACE = Buffer.from('{');
const NEWLINE = 10;

/** Lines without their newline; the last one may lack it. */
async function* linesOf(file: FileHandle): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 20 });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
