// Reads the commands of a Makefile's target: older packages keep their tests there.

export interface MakeTarget {
  /** Its commands as shell, variables filled in. */
  script: string;
  /** Targets that come first. */
  needs: string[];
}

/** A target with its commands; undefined when the text has none of that name. */
export function readMakeTarget(text: string, name: string): MakeTarget | undefined {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const variables = readVariables(lines);
  const at = lines.findIndex((line) => targetsOf(line)?.names.includes(name));
  const head = targetsOf(lines[at] ?? '');
  if (!head) return undefined;
  const after = lines.slice(at + 1);
  const end = after.findIndex((line) => line.trim() !== '' && !line.startsWith('\t'));
  const commands = (end === -1 ? after : after.slice(0, end))
    .map((line) => line.trim().replace(/^[@+-]+/, ''))
    .filter((line) => line !== '');
  return {
    script: fillIn(commands.join('\n'), variables),
    needs: fillIn(head.needs, variables)
      .split(/\s+/)
      .filter((word) => word !== ''),
  };
}

function targetsOf(line: string): { names: string[]; needs: string } | undefined {
  const match = /^(?<names>[\w./ -]+?)\s*::?(?!=)\s*(?<needs>[^;#|]*)/.exec(line)?.groups;
  if (!match) return undefined;
  return { names: (match['names'] ?? '').split(/\s+/), needs: match['needs'] ?? '' };
}

function readVariables(lines: readonly string[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of lines) {
    const match = /^(?:export\s+)?(?<name>\w+)\s*[:?+]?:?=\s*(?<value>.*)$/.exec(line)?.groups;
    if (match) variables.set(match['name'] ?? '', (match['value'] ?? '').trim());
  }
  return variables;
}

/** `$(NAME)` and `${NAME}`; `$(shell which node)` is node, other functions are left as they are. */
function fillIn(text: string, variables: ReadonlyMap<string, string>): string {
  let filled = text.replaceAll(/\$\(shell (?:which|command -v) (\S+?)\)/g, '$1');
  for (let depth = 0; depth < 5; depth += 1) {
    const next = filled
      .replaceAll(/\$[({](\w+)[)}]/g, (whole, name: string) => variables.get(name) ?? whole)
      .replaceAll(/\$\(shell (?:which|command -v) (\S+?)\)/g, '$1');
    if (next === filled) break;
    filled = next;
  }
  return filled.replaceAll('$$', '$');
}
