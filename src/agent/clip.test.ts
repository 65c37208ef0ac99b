// Clipped text keeps its ends and whole characters; elided history keeps its beginning stable.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clipText } from './clip.ts';
import { type ConversationEntry, keepLastOutputs } from './history.ts';

test('short text stays, long text loses its middle at line ends', () => {
  expect(clipText('abc', 3)).toBe('abc');
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join('');
  const clipped = clipText(lines, 500);
  expect(clipped).toMatch(
    /^line 0\n[\s\S]*line \d+\n\[… \d+ characters \(\d+ lines\) left out …\]\nline \d+\n[\s\S]*line 999\n$/,
  );
  expect(clipText('x'.repeat(1000), 100)).toContain('[… 900 characters left out …]');
});

test('a clipped text is never much longer than its limit, and never half a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.integer({ min: 10, max: 200 }),
      (text, limit) => {
        const clipped = clipText(text, limit);
        expect(clipped.length).toBeLessThanOrEqual(Math.max(limit + 60, 0));
        expect(clipped.isWellFormed()).toBe(text.isWellFormed());
      },
    ),
  );
});

const conversation = (outputs: number): ConversationEntry[] => [
  { message: { role: 'user', content: 'task' }, observation: false },
  ...Array.from({ length: outputs }, (_, index) => ({
    message: {
      role: 'tool' as const,
      callId: String(index),
      tool: 'bash',
      content: `out ${index}`,
    },
    observation: true,
  })),
];
const shown = (outputs: number, pressure = 0): string[] =>
  keepLastOutputs(10)(conversation(outputs), pressure)
    .map(({ content }) => content)
    .filter((content) => content.startsWith('out'));

test('the last outputs stay, and the beginning changes only now and then', () => {
  expect(shown(10)).toHaveLength(10);
  expect(shown(14)).toHaveLength(14);
  expect(shown(15)).toHaveLength(10);
  expect(shown(15)[0]).toBe('out 5');
  expect(shown(19)[0]).toBe('out 5');
  expect(shown(20)[0]).toBe('out 10');
  expect(shown(20, 1).length).toBeLessThan(shown(20).length);
  expect(shown(20, 9)).toHaveLength(1);
  expect(keepLastOutputs(10)(conversation(30), 0)).toHaveLength(31);
});
