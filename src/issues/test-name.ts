// Takes a test's id apart: the file, the names that lead to the test, and what tells repeats apart.

export interface TestName {
  path: string;
  /** From the outermost class or describe to the test itself, without parameters. Empty for a whole file. */
  names: string[];
  /** What pytest puts in brackets. */
  parameters: string | undefined;
  /** 1 for the first test of this name in its file. */
  ordinal: number;
}

/** Reads `path::Class::method[parameters]` and `path::describe > nested > name`, with `#2` for a repeat. */
export function parseTestId(id: string): TestName {
  const divide = id.indexOf('::');
  if (divide === -1) return { path: id, names: [], parameters: undefined, ordinal: 1 };
  const path = id.slice(0, divide);
  let rest = id.slice(divide + 2);
  const repeat = /#(\d+)$/.exec(rest);
  const ordinal = repeat ? Number(repeat[1]) : 1;
  if (repeat) rest = rest.slice(0, repeat.index);
  if (!path.endsWith('.py'))
    return { path, names: rest.split(' > '), parameters: undefined, ordinal };
  const bracket = rest.indexOf('[');
  const bare = bracket === -1 ? rest : rest.slice(0, bracket);
  const parameters =
    bracket === -1 ? undefined : rest.slice(bracket + 1, rest.endsWith(']') ? -1 : undefined);
  return { path, names: bare.split('::'), parameters, ordinal };
}

/** The test's own name, as a person would say it. */
export function shortTestName(id: string): string {
  const { path, names, parameters } = parseTestId(id);
  const last = names.at(-1);
  if (last === undefined) return path;
  return parameters === undefined ? last : `${last}[${parameters}]`;
}
