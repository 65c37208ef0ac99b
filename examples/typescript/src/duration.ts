// Lengths of time as people write them: `1m30s`, `250ms`, `2h`.

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Milliseconds. Units go from large to small, each at most once; a bare number is milliseconds. */
export function parseDuration(text: string): number {
  const source = text.trim();
  if (/^\d+$/.test(source)) return Number(source);
  let total = 0;
  let position = 0;
  let lowest = -1;
  while (position < source.length) {
    const match = /^(\d+(?:\.\d+)?)(ms|[dhms])/.exec(source.slice(position));
    if (match === null) throw new RangeError(`not a duration: "${text}"`);
    const order = UNITS.findIndex(([name]) => name === match[2]);
    if (order <= lowest) throw new RangeError(`units must go from large to small: "${text}"`);
    lowest = order;
    total += Number(match[1]) * UNITS[order]![1];
    position += match[0].length;
  }
  if (lowest === -1) throw new RangeError('an empty duration');
  return Math.round(total);
}

/** The two largest units that say something: `1h30m`, `2.5s`, `0ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  let rest = Math.round(milliseconds);
  if (rest >= 1000 && rest < 60_000) {
    const seconds = Math.round(rest / 100) / 10;
    return seconds < 60 ? `${seconds}s` : '1m';
  }
  const parts: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count === 0) {
      if (parts.length > 0) break;
      continue;
    }
    parts.push(`${count}${name}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0ms' : parts.join('');
}
