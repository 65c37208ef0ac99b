// `${name}`, `${name:-default}`, `${name:?message}` and `${name|upper}` in the lines of a task.

type Filter = (value: string) => string;

const FILTERS: Readonly<Record<string, Filter>> = {
  upper: (value) => value.toUpperCase(),
  lower: (value) => value.toLowerCase(),
  trim: (value) => value.trim(),
  slug: (value) =>
    value
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, ''),
  quote: (value) => `'${value.replaceAll("'", `'\\''`)}'`,
};

/** Replaces every reference. `$$` is a dollar sign. Values are expanded too, but never in circles. */
export function expand(
  text: string,
  variables: Readonly<Record<string, string>>,
  seen: readonly string[] = [],
): string {
  let result = '';
  let index = 0;
  while (index < text.length) {
    if (text[index] !== '$') {
      result += text[index];
      index += 1;
    } else if (text[index + 1] === '$') {
      result += '$';
      index += 2;
    } else if (text[index + 1] === '{') {
      const end = closing(text, index + 2);
      result += resolve(text.slice(index + 2, end), variables, seen);
      index = end + 1;
    } else {
      result += '$';
      index += 1;
    }
  }
  return result;
}

/** Where the brace opened before `start` is closed, minding references inside defaults. */
function closing(text: string, start: number): number {
  let depth = 1;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    else if (text[index] === '}') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  throw new SyntaxError(`unclosed reference in "${text}"`);
}

function resolve(
  reference: string,
  variables: Readonly<Record<string, string>>,
  seen: readonly string[],
): string {
  const match = /^([A-Za-z_]\w*)(?:(:-|:\?)(.*?))?((?:\|\w+)*)$/s.exec(reference);
  if (match === null) throw new SyntaxError(`malformed reference "\${${reference}}"`);
  const [, name = '', operator, argument = '', filters = ''] = match;
  if (seen.includes(name)) {
    throw new RangeError(`variables refer to each other: ${[...seen, name].join(' -> ')}`);
  }
  let value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value === undefined || (value === '' && operator !== undefined)) {
    if (operator === ':-') value = expand(argument, variables, seen);
    else if (operator === ':?') throw new RangeError(`${name}: ${argument || 'must be set'}`);
    else throw new RangeError(`unknown variable "${name}"`);
  } else {
    value = expand(value, variables, [...seen, name]);
  }
  for (const filter of filters.split('|').slice(1)) {
    const apply = FILTERS[filter];
    if (apply === undefined) throw new RangeError(`unknown filter "${filter}"`);
    value = apply(value);
  }
  return value;
}
