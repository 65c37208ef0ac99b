// Path patterns: `*`, `**`, `?`, `[a-z]`, `{js,ts}`, and `!` in front to exclude.

export type Matcher = (path: string) => boolean;

/** Compiles a pattern. Throws when a bracket or brace is not closed. */
export function compileGlob(pattern: string): Matcher {
  const expression = new RegExp(`^${translate(pattern)}$`);
  return (path) => expression.test(path.startsWith('./') ? path.slice(2) : path);
}

function translate(pattern: string): string {
  let result = '';
  let depth = 0;
  let index = 0;
  while (index < pattern.length) {
    const char = pattern[index]!;
    if (char === '*') {
      if (pattern[index + 1] === '*') {
        const atStart = index === 0 || pattern[index - 1] === '/';
        if (atStart && pattern[index + 2] === '/') {
          result += '(?:[^/]+/)*';
          index += 3;
        } else {
          result += '.*';
          index += 2;
        }
        continue;
      }
      result += '[^/]*';
    } else if (char === '?') {
      result += '[^/]';
    } else if (char === '[') {
      const end = pattern.indexOf(']', index + 2);
      if (end === -1) throw new SyntaxError(`unclosed [ in "${pattern}"`);
      let body = pattern.slice(index + 1, end);
      if (body.startsWith('!')) body = `^${body.slice(1)}`;
      result += `[${body.replaceAll('\\', '\\\\')}]`;
      index = end;
    } else if (char === '{') {
      depth += 1;
      result += '(?:';
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      result += ')';
    } else if (char === ',' && depth > 0) {
      result += '|';
    } else {
      result += /[\\^$.|+(){}\]]/.test(char) ? `\\${char}` : char;
    }
    index += 1;
  }
  if (depth > 0) throw new SyntaxError(`unclosed { in "${pattern}"`);
  return result;
}

/** Whether the last pattern that matches is not an exclusion; a list of exclusions alone keeps the rest. */
export function matchAny(patterns: readonly string[], path: string): boolean {
  let included = patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('!'));
  for (const pattern of patterns) {
    const excludes = pattern.startsWith('!');
    if (excludes !== included) continue;
    if (compileGlob(excludes ? pattern.slice(1) : pattern)(path)) included = !excludes;
  }
  return included;
}
