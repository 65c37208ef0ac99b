// Finds the one place that a model means, and helps when there is none or more than one.
import { lineAt } from './show.ts';
import { linesOf } from './text-file.ts';

export type Place = { offset: number } | { problem: string };

/** Where `wanted` stands in the text; a problem unless that is exactly once. */
export function findUnique(text: string, wanted: string): Place {
  const offsets: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    offsets.push(at);
    if (offsets.length > MOST_LISTED) break;
  }
  const [only] = offsets;
  if (only !== undefined && offsets.length === 1) return { offset: only };
  if (offsets.length > 1) {
    const lines = offsets.slice(0, MOST_LISTED).map((offset) => lineAt(text, offset));
    const more = offsets.length > MOST_LISTED ? ' and more' : '';
    return {
      problem: `old_str stands in several places (lines ${lines.join(', ')}${more}). Give more of the lines around the one you mean.`,
    };
  }
  const similar = findSimilar(linesOf(text), linesOf(wanted));
  const hint =
    similar === undefined
      ? 'View the file and copy the lines as they are.'
      : `From line ${similar} on the same words stand with other white space: copy them as they are.`;
  return { problem: `old_str does not stand in the file. ${hint}` };
}

const MOST_LISTED = 10;

/** The first line at which the wanted lines stand but for white space. */
function findSimilar(lines: readonly string[], wanted: readonly string[]): number | undefined {
  const bare = (line: string): string => line.replaceAll(/\s+/g, '');
  const all = lines.map(bare);
  const sought = wanted.map(bare);
  if (sought.every((line) => line === '')) return undefined;
  const at = all.findIndex((_, start) =>
    sought.every((line, index) => all[start + index] === line),
  );
  return at === -1 ? undefined : at + 1;
}
