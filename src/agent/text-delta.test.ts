// Whatever two texts are, the later one comes back to the letter.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffText, patchText } from './text-delta.ts';

test('any text comes back', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '🧪', '\\"', 'x'.repeat(5000)))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, text, text, (head, before, after, tail) => {
      const [old, renewed] = [head + before + tail, head + after + tail];
      const delta = diffText(old, renewed);
      expect(patchText(old, delta)).toBe(renewed);
      expect(delta.insert.length).toBeLessThanOrEqual(after.length);
    }),
  );
});

test('what is kept is as long as it can be', () => {
  expect(diffText('abcXdef', 'abcYYdef')).toEqual({ start: 3, insert: 'YY', end: 3 });
  expect(diffText('aa', 'aaa')).toEqual({ start: 2, insert: 'a', end: 0 });
  expect(diffText('', 'x')).toEqual({ start: 0, insert: 'x', end: 0 });
  const long = 'lorem '.repeat(5000);
  expect(diffText(`${long}1${long}`, `${long}2${long}`)).toEqual({
    start: long.length,
    insert: '2',
    end: long.length,
  });
});
