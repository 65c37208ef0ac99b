// Writes words the way a person would type them in a POSIX shell.

/** One word, quoted only when it must be. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_\-+=:,./@%^]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line that runs in `cwd` of the repository with these variables. */
export function shellCommand(
  words: readonly string[],
  place: { cwd: string; env?: Readonly<Record<string, string>> },
): string {
  const variables = Object.entries(place.env ?? {}).map(
    ([name, value]) => `${name}=${quoteWord(value)}`,
  );
  const command = [...variables, ...words.map(quoteWord)].join(' ');
  return place.cwd === '.' ? command : `cd ${quoteWord(place.cwd)} && ${command}`;
}
