// Writes and reads file names in diffs the way git does, strange characters included.

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** The three lines that open a file's diff. Undefined stands for a file that is not there. */
export function renderFileHeader(oldPath: string | undefined, newPath: string | undefined): string {
  const oldName = oldPath ?? newPath ?? '';
  const newName = newPath ?? oldPath ?? '';
  const mode =
    oldPath === undefined
      ? 'new file mode 100644\n'
      : newPath === undefined
        ? 'deleted file mode 100644\n'
        : '';
  return (
    `diff --git ${quotePath(`a/${oldName}`)} ${quotePath(`b/${newName}`)}\n${mode}` +
    `--- ${oldPath === undefined ? '/dev/null' : named(`a/${oldPath}`)}\n` +
    `+++ ${newPath === undefined ? '/dev/null' : named(`b/${newPath}`)}\n`
  );
}

/** Git ends a name that holds spaces with a tab, so that nothing after it is read as part of it. */
function named(path: string): string {
  const quoted = quotePath(path);
  return quoted === path && path.includes(' ') ? `${path}\t` : quoted;
}

function quotePath(path: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must be quoted
  if (!/[\u0000-\u001f"\\\u007f]/.test(path)) return path;
  // oxlint-disable-next-line no-control-regex -- as above
  const escaped = path.replaceAll(/[\u0000-\u001f"\\\u007f]/g, (character) => {
    const octal = character.charCodeAt(0).toString(8).padStart(3, '0');
    return escapes[character] ?? `\\${octal}`;
  });
  return `"${escaped}"`;
}

/** The path that a `---` or `+++` line names, without its `a/` or `b/`; undefined for `/dev/null`. */
export function readPath(name: string): string | undefined {
  const path = name.startsWith('"') ? unquote(name) : (name.split('\t')[0] ?? '').trimEnd();
  return path === '/dev/null' ? undefined : path.replace(/^[ab]\//, '');
}

function unquote(name: string): string {
  const bytes: number[] = [];
  const plain: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  const inner = name.slice(1, name.lastIndexOf('"'));
  for (const part of inner.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    const [, octal, letter, text] = part;
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(plain[letter] ?? letter.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(text));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
