// Reads JavaScript or TypeScript just closely enough to know what is code and which brackets match.

export interface ScannedScript {
  text: string;
  /** For each bracket in code, the index of its partner. */
  partner: ReadonlyMap<number, number>;
  /** For each string or template literal in code: start → index after its end. */
  literals: ReadonlyMap<number, number>;
  /** True where a character is code: not in a comment, string, template text or regular expression. */
  isCode(index: number): boolean;
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** After these words a slash begins a regular expression. */
const BEFORE_EXPRESSION =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|new|throw|yield|await)$/;

/** Tolerant: an unclosed bracket has no partner, an unclosed quote ends with its line. */
export function scanScript(text: string): ScannedScript {
  const code = new Uint8Array(text.length);
  const partner = new Map<number, number>();
  const literals = new Map<number, number>();
  const open: { index: number; closer: string; template: number }[] = [];
  let at = 0;

  const skipTemplate = (): void => {
    // `at` is in template text; stops after the closing backtick or after `${`.
    while (at < text.length) {
      if (text[at] === '\\') at += 2;
      else if (text[at] === '`') {
        at += 1;
        return;
      } else if (text.startsWith('${', at)) return;
      else at += 1;
    }
  };
  const readTemplate = (start: number): void => {
    skipTemplate();
    if (text.startsWith('${', at)) {
      open.push({ index: at + 1, closer: '}', template: start });
      at += 2;
    } else literals.set(start, at);
  };

  while (at < text.length) {
    const char = text[at] ?? '';
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      at = end === -1 ? text.length : end + 2;
    } else if (char === '"' || char === "'") {
      const start = at;
      at = endOfString(text, at);
      literals.set(start, at);
    } else if (char === '`') {
      const start = at;
      at += 1;
      readTemplate(start);
    } else if (char === '/' && startsExpression(text, at, code)) {
      at = endOfRegex(text, at);
    } else {
      code[at] = 1;
      const closer = CLOSERS[char];
      const top = open.at(-1);
      if (closer !== undefined) open.push({ index: at, closer, template: -1 });
      else if (top && char === top.closer) {
        open.pop();
        if (top.template === -1) {
          partner.set(top.index, at).set(at, top.index);
        } else {
          code[at] = 0;
          at += 1;
          readTemplate(top.template);
          continue;
        }
      }
      at += 1;
    }
  }
  return { text, partner, literals, isCode: (index) => code[index] === 1 };
}

function endOfString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === '\n') return at;
  }
  return text.length;
}

function startsExpression(text: string, slash: number, code: Uint8Array): boolean {
  let before = slash - 1;
  while (before >= 0 && /\s/.test(text[before] ?? '')) before -= 1;
  if (before < 0) return true;
  const char = text[before] ?? '';
  // What ends in a literal or a comment is not code; a value stands there, or nothing does.
  if (code[before] !== 1) return char === '/' && text[before - 1] === '*';
  if (/[\w$]/.test(char))
    return BEFORE_EXPRESSION.test(text.slice(Math.max(0, before - 10), before + 1));
  return !')]}'.includes(char);
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '\n') return start + 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) {
      at += 1;
      while (/[a-z]/.test(text[at] ?? '')) at += 1;
      return at;
    }
  }
  return start + 1;
}
