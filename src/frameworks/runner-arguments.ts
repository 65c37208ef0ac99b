// Takes a test runner's arguments apart: its options, and the files or patterns that it is given.

/** Options and targets in their order. An option of `withValue` keeps the word that follows it. */
export function splitArguments(
  words: readonly string[],
  withValue: ReadonlySet<string>,
): { options: string[]; targets: string[] } {
  const options: string[] = [];
  const targets: string[] = [];
  for (const group of groupArguments(words, withValue)) {
    const first = group[0] ?? '';
    if (first === '--') continue;
    (isOption(first) ? options : targets).push(...group);
  }
  return { options, targets };
}

/** The same words without the options whose name matches, values included. */
export function dropOptions(
  words: readonly string[],
  unwanted: RegExp,
  withValue: ReadonlySet<string>,
): string[] {
  return groupArguments(words, withValue)
    .filter(([first = '']) => !(isOption(first) && unwanted.test(first.split('=', 1)[0] ?? '')))
    .flat();
}

const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

function groupArguments(words: readonly string[], withValue: ReadonlySet<string>): string[][] {
  const groups: string[][] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = words[at + 1];
    if (withValue.has(word) && value !== undefined) {
      groups.push([word, value]);
      at += 1;
    } else {
      groups.push([word]);
    }
  }
  return groups;
}
