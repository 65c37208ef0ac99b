// Finds a Python test in its file by name and indentation, with its decorators and its setUp.
import { dedent } from './source-text.ts';

interface Definition {
  kind: 'class' | 'def';
  name: string;
  indent: number;
  /** Line indexes, decorators included, end exclusive. */
  start: number;
  header: number;
  end: number;
  bases: string[];
}

/** The source of the test that `names` lead to, or undefined when the file does not define it. */
export function findPythonTest(text: string, names: readonly string[]): string | undefined {
  const lines = text.split(/\r?\n/);
  const definitions = findDefinitions(lines);
  const owners = names.slice(0, -1);
  const name = names.at(-1);
  if (name === undefined) return undefined;
  let scope = { start: 0, end: lines.length };
  let owner: Definition | undefined;
  for (const className of owners) {
    owner = definitions.find(
      (found) => found.kind === 'class' && found.name === className && isInside(found, scope),
    );
    if (!owner) break;
    scope = { start: owner.header + 1, end: owner.end };
  }
  if (owners.length > 0 && !owner) return onlyDefinition(lines, definitions, name);
  const test = owner
    ? findMethod(definitions, owner, name)
    : definitions.find((found) => isFunction(found, name) && found.indent === 0);
  if (!test) return onlyDefinition(lines, definitions, name);
  const holder = owner && enclosingClass(definitions, test);
  const setUp = holder && findOwnMethod(definitions, holder, 'setUp');
  if (!holder || !setUp || setUp.end - setUp.start > 20) return textOf(lines, test);
  const header = lines.slice(holder.header, endOfHeader(lines, holder)).join('\n');
  return dedent(
    [header, blockOf(lines, setUp), '', blockOf(lines, test)].join('\n').replace(/\n+$/, ''),
  );
}

const isFunction = (found: Definition, name: string): boolean =>
  found.kind === 'def' && found.name === name;
const isInside = (inner: Definition, scope: { start: number; end: number }): boolean =>
  inner.start >= scope.start && inner.end <= scope.end;

function findOwnMethod(
  definitions: readonly Definition[],
  owner: Definition,
  name: string,
): Definition | undefined {
  // The last one of a name is the one that Python keeps.
  return definitions.findLast(
    (found) =>
      isFunction(found, name) &&
      found.header > owner.header &&
      found.end <= owner.end &&
      enclosingClass(definitions, found) === owner,
  );
}

/** The class's own method, or the one it inherits from a class of the same file. */
function findMethod(
  definitions: readonly Definition[],
  owner: Definition,
  name: string,
  seen: ReadonlySet<string> = new Set(),
): Definition | undefined {
  const own = findOwnMethod(definitions, owner, name);
  if (own) return own;
  for (const base of owner.bases) {
    if (seen.has(base)) continue;
    const parent = definitions.find((found) => found.kind === 'class' && found.name === base);
    const inherited = parent && findMethod(definitions, parent, name, new Set([...seen, base]));
    if (inherited) return inherited;
  }
  return undefined;
}

function enclosingClass(
  definitions: readonly Definition[],
  inner: Definition,
): Definition | undefined {
  return definitions.findLast(
    (found) => found.kind === 'class' && found.header < inner.start && found.end >= inner.end,
  );
}

function onlyDefinition(
  lines: readonly string[],
  definitions: readonly Definition[],
  name: string,
): string | undefined {
  const [first, second] = definitions.filter((found) => isFunction(found, name));
  return first && !second ? textOf(lines, first) : undefined;
}

const blockOf = (lines: readonly string[], found: Definition): string =>
  lines.slice(found.start, found.end).join('\n').trimEnd();
const textOf = (lines: readonly string[], found: Definition): string =>
  dedent(blockOf(lines, found));

function endOfHeader(lines: readonly string[], found: Definition): number {
  for (let line = found.header; line < found.end; line += 1) {
    if (/:\s*(#.*)?$/.test(lines[line] ?? '')) return line + 1;
  }
  return found.header + 1;
}

function findDefinitions(lines: readonly string[]): Definition[] {
  const logical = logicalLines(lines);
  const found: Definition[] = [];
  for (const [order, line] of logical.entries()) {
    const match = /^([ \t]*)(?:async\s+)?(class|def)\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(
      lines[line] ?? '',
    );
    if (!match) continue;
    const indent = match[1]?.length ?? 0;
    const indentOf = (at: number): number => /^[ \t]*/.exec(lines[at] ?? '')?.[0].length ?? 0;
    let first = order;
    while (first > 0) {
      const above = logical[first - 1] ?? 0;
      if (indentOf(above) !== indent || !lines[above]?.trimStart().startsWith('@')) break;
      first -= 1;
    }
    const next = logical.slice(order + 1).find((at) => indentOf(at) <= indent);
    const until = logical[logical.indexOf(next ?? -1)] ?? lines.length;
    found.push({
      kind: match[2] === 'class' ? 'class' : 'def',
      name: match[3] ?? '',
      indent,
      start: logical[first] ?? line,
      header: line,
      end: trimEnd(lines, line, until, indent),
      bases: basesOf(lines[line] ?? ''),
    });
  }
  return found;
}

/** A block ends before blank lines and before comments that belong to what follows. */
function trimEnd(lines: readonly string[], start: number, end: number, indent: number): number {
  let last = end;
  while (last > start + 1) {
    const line = lines[last - 1] ?? '';
    const shallow = line.trimStart().startsWith('#') && /^[ \t]*/.exec(line)![0].length <= indent;
    if (line.trim() !== '' && !shallow) break;
    last -= 1;
  }
  return last;
}

function basesOf(header: string): string[] {
  const list = /\(([^)]*)\)/.exec(header)?.[1] ?? '';
  return list
    .split(',')
    .map((base) => base.trim().split('.').at(-1) ?? '')
    .filter((base) => /^\w+$/.test(base));
}

/** Indexes of lines that begin a statement: not blank, not a comment, not inside brackets or strings. */
function logicalLines(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let quote = '';
  let depth = 0;
  let continued = false;
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trim();
    if (quote === '' && depth === 0 && !continued && trimmed !== '' && !trimmed.startsWith('#')) {
      starts.push(index);
    }
    continued = false;
    for (let at = 0; at < line.length; at += 1) {
      const char = line[at] ?? '';
      if (quote !== '') {
        if (char === '\\') at += 1;
        else if (line.startsWith(quote, at)) {
          at += quote.length - 1;
          quote = '';
        }
      } else if (char === '#') break;
      else if (char === '"' || char === "'") {
        quote = line.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
        at += quote.length - 1;
      } else if ('([{'.includes(char)) depth += 1;
      else if (')]}'.includes(char)) depth = Math.max(0, depth - 1);
      else if (char === '\\' && at === line.length - 1) continued = true;
    }
    // A short string ends with its line, unless a backslash joins the next one.
    if (quote.length === 1 && !line.endsWith('\\')) quote = '';
  }
  return starts;
}
