import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { demultiplex } from './demultiplex.ts';

function frame(kind: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = kind;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('frames are taken apart wherever the connection cuts them', async () => {
  const bytes = Buffer.concat([
    frame(1, 'one'),
    frame(2, 'err'),
    frame(1, ''),
    frame(1, 'two'.repeat(50)),
  ]);
  for (let size = 1; size <= bytes.length; size += 1) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    let stdout = '';
    let stderr = '';
    await demultiplex(Readable.from(pieces), {
      stdout: (chunk) => void (stdout += chunk.toString()),
      stderr: (chunk) => void (stderr += chunk.toString()),
    });
    expect([stdout, stderr]).toEqual([`one${'two'.repeat(50)}`, 'err']);
  }
});

test('a reader that is slow holds up the connection', async () => {
  const seen: string[] = [];
  await demultiplex(Readable.from([frame(1, 'a'), frame(1, 'b')]), {
    stdout: async (chunk) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(chunk.toString());
    },
    stderr: () => undefined,
  });
  expect(seen).toEqual(['a', 'b']);
});
