// Command lines that no operating system takes, told before anything is started.
import { SwemintError } from '../../core/errors.ts';

// Linux: 32 pages for one word, a quarter of the usual stack for all of them.
const WORD_BYTES = 128 * 1024;
const ALL_BYTES = 2 * 1024 * 1024;

/** Throws `SwemintError('not-started')` for words that are too long or hold a zero byte. */
export function checkWords(words: readonly string[]): void {
  const sizes = words.map((word) => Buffer.byteLength(word) + 1);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const reason =
    sizes.some((size) => size > WORD_BYTES) || all > ALL_BYTES
      ? 'its arguments and variables are too long'
      : words.some((word) => word.includes('\0'))
        ? 'an argument or variable holds a zero byte'
        : undefined;
  if (reason === undefined) return;
  throw new SwemintError('not-started', `A command could not be started: ${reason}.`, {
    hint: 'Arguments and variables together must fit the limits of the operating system.',
  });
}
