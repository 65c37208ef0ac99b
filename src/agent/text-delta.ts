// Keeps a request by what differs from the one before: a conversation is sent whole at every step.
import type { TextDelta } from '../core/schema/trajectory.ts';

/** What turns `before` into `after`. */
export function diffText(before: string, after: string): TextDelta {
  const longest = Math.min(before.length, after.length);
  const start = commonLength(
    longest,
    (from, to) => before.slice(from, to) === after.slice(from, to),
  );
  const tail = (text: string, from: number, to: number): string =>
    text.slice(text.length - to, text.length - from);
  const end = commonLength(
    longest - start,
    (from, to) => tail(before, from, to) === tail(after, from, to),
  );
  return { start, insert: after.slice(start, after.length - end), end };
}

/** The later text again, to the letter. */
export function patchText(before: string, delta: TextDelta): string {
  return before.slice(0, delta.start) + delta.insert + before.slice(before.length - delta.end);
}

const BLOCK = 4096;

/** How far two texts agree. Whole blocks are compared at once, then the block that differs is halved. */
function commonLength(longest: number, agree: (from: number, to: number) => boolean): number {
  let length = 0;
  for (let step = BLOCK; step >= 1; step = Math.floor(step / 2)) {
    while (length + step <= longest && agree(length, length + step)) length += step;
  }
  return length;
}
