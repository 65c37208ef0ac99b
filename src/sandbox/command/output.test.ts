// The limit is exact, and characters cut by chunks come out whole.
import { expect, test } from 'vitest';
import { collectOutput } from './output.ts';

test('keeps up to the limit and says when more came', () => {
  const output = collectOutput(5);
  expect(output.take(Buffer.from('abc'))).toBe(true);
  expect(output.take(Buffer.from('de'))).toBe(true);
  expect(output.truncated).toBe(false);
  expect(output.take(Buffer.from('f'))).toBe(false);
  expect(output.text()).toBe('abcde');
  expect(output.truncated).toBe(true);
});

test('joins before decoding', () => {
  const output = collectOutput(100);
  const bytes = Buffer.from('ä🧪');
  for (const byte of bytes) output.take(Uint8Array.of(byte));
  expect(output.text()).toBe('ä🧪');
});
