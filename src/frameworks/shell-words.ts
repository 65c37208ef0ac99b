// Reads a package script the way a POSIX shell would: simple commands, their variables and their words.
import picomatch from 'picomatch';

export interface ShellCommand {
  /** Assignments before the program. */
  env: Record<string, string>;
  words: string[];
}

interface Word {
  text: string;
  /** Holds an unquoted `*`, `?`, `[` or `{`, so that the shell expands it. */
  glob: boolean;
}

const OPERATOR = /^(&&|\|\||;|\||&|\n|\(|\))/;
const REDIRECTION = /^\d*(>>|>&|>|<)\s*(&?\d+|[^\s;&|]+)?/;
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/**
 * The simple commands of a script in order, whatever operator joins them. Unquoted patterns are
 * expanded against `files`, as `sh` does (`**` is `*` there); without a match they stay.
 */
export function parseShell(script: string, files: readonly string[] = []): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: Word[] = [];
  const close = (): void => {
    if (words.length > 0) commands.push(toCommand(words, files));
    words = [];
  };
  let rest = script;
  while (rest !== '') {
    const blank = /^[ \t\r]+/.exec(rest);
    if (blank) {
      rest = rest.slice(blank[0].length);
      continue;
    }
    const redirection = REDIRECTION.exec(rest);
    if (redirection) {
      rest = rest.slice(redirection[0].length);
      continue;
    }
    const operator = OPERATOR.exec(rest);
    if (operator) {
      close();
      rest = rest.slice(operator[0].length);
      continue;
    }
    const [word, length] = readWord(rest);
    words.push(word);
    rest = rest.slice(length);
  }
  close();
  return commands.filter(({ words: found }) => found.length > 0);
}

function readWord(text: string): [Word, number] {
  const word: Word = { text: '', glob: false };
  let at = 0;
  let quote = '';
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"' && /["\\$`]/.test(text.charAt(at + 1))) {
        at += 1;
        word.text += text.charAt(at);
      } else word.text += character;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '\\') {
      at += 1;
      word.text += text.charAt(at);
    } else if (/[\s;&|()<>]/.test(character)) break;
    else {
      word.glob ||= /[*?[{]/.test(character);
      word.text += character;
    }
  }
  // A lone angle bracket or the like must not stop the reading.
  return [word, Math.max(at, 1)];
}

function toCommand(words: readonly Word[], files: readonly string[]): ShellCommand {
  const env: Record<string, string> = {};
  let first = 0;
  for (; first < words.length; first += 1) {
    const assignment = ASSIGNMENT.exec(words[first]?.text ?? '');
    if (!assignment) break;
    env[assignment[1] ?? ''] = assignment[2] ?? '';
  }
  return { env, words: words.slice(first).flatMap((word) => expand(word, files)) };
}

function expand(word: Word, files: readonly string[]): string[] {
  if (!word.glob) return [word.text];
  const prefix = word.text.startsWith('./') ? './' : '';
  const pattern = word.text.slice(prefix.length).replaceAll('**', '*');
  const matches = picomatch(pattern, { dot: false });
  const found = files.filter((file) => matches(file));
  return found.length === 0 ? [word.text] : found.map((file) => prefix + file);
}
