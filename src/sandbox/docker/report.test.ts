import { expect, test } from 'vitest';
import { openReportReader } from './report.ts';

/** Feeds `text` in pieces of every size: frames of a connection end anywhere. */
function readInPieces(text: string, size: number) {
  const reader = openReportReader('mark');
  const parts: Buffer[] = [];
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size)
    parts.push(reader.take(bytes.subarray(at, at + size)));
  parts.push(reader.rest());
  return { text: Buffer.concat(parts).toString(), report: reader.report() };
}

const sizes = Array.from({ length: 40 }, (_, index) => index + 1);

test.each(sizes)('the report is told from the output, in pieces of %i', (size) => {
  const told = 'out\nmar\n\nmark\nmarked x\n';
  const read = readInPieces(`${told}\nmark exit 137 signal cpu=1500 kills=0\n`, size);
  expect(read).toEqual({
    text: told,
    report: { ending: { kind: 'signal', name: 'SIGKILL' }, cpuMs: 1.5, starved: false },
  });
});

test('codes above 128 are signals only where the shell says so', () => {
  const ending = (report: string) => readInPieces(`\nmark ${report}\n`, 7).report?.ending;
  expect(ending('exit 137  cpu=1 kills=0')).toEqual({ kind: 'exit', code: 137 });
  expect(ending('exit 130  cpu=1 kills=0')).toEqual({ kind: 'signal', name: 'SIGINT' });
  expect(ending('exit 255  cpu=1 kills=0')).toEqual({ kind: 'exit', code: 255 });
  expect(ending('no-folder 0')).toEqual({ kind: 'no-folder' });
});

test('without a report everything is output', () => {
  expect(readInPieces('a\nb\n', 3)).toEqual({ text: 'a\nb\n', report: undefined });
});

test('kills for want of memory are told', () => {
  expect(readInPieces('\nmark exit 1  cpu=0 kills=2\n', 5).report).toEqual({
    ending: { kind: 'exit', code: 1 },
    cpuMs: null,
    starved: true,
  });
});
