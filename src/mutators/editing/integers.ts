// Counts one up and one down in any notation of an integer.

const notation = /^(0[xX]|0[oO]|0[bB])?([\da-fA-F][\da-fA-F_]*)(n?)$/;

/** The literals one below and one above, in the same base, case, grouping and width; none for other numbers. */
export function neighbours(literal: string): string[] {
  const [, prefix = '', digits = '', suffix = ''] = notation.exec(literal) ?? [];
  const base = { x: 16, o: 8, b: 2 }[prefix.slice(1).toLowerCase()] ?? 10;
  const plain = digits.replaceAll('_', '');
  if (plain === '' || (base === 10 && !/^(?:0|[1-9]\d*)$/.test(plain))) return [];
  const value = BigInt(prefix.toLowerCase() + plain);
  return [value - 1n, value + 1n].map((other) => {
    const sign = other < 0n ? '-' : '';
    let text = (other < 0n ? -other : other).toString(base);
    if (prefix !== '') text = text.padStart(plain.length, '0');
    if (/[A-F]/.test(plain)) text = text.toUpperCase();
    return sign + prefix + grouped(text, digits) + suffix;
  });
}

/** Separators at the same distance from the end as in the example. */
function grouped(text: string, example: string): string {
  const places = new Set<number>();
  let distance = 0;
  for (const character of example.split('').toReversed()) {
    if (character === '_') places.add(distance);
    else distance += 1;
  }
  const characters = text.split('');
  return characters
    .map((digit, index) => {
      const fromEnd = characters.length - index;
      return index > 0 && places.has(fromEnd) ? `_${digit}` : digit;
    })
    .join('');
}
