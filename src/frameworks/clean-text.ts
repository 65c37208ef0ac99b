// Makes what a test printed safe to store, to show and to put into a log line.
import { stripVTControlCharacters } from 'node:util';
import { shortHash } from '../core/ids.ts';

const ID_LIMIT = 2000;

/** The first and the last part of a long text, at most about `limit` characters. */
function clipText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n... ${left} characters left out ...\n${text.slice(-half)}`;
}

/** Without escape sequences, NUL, other control characters and lone surrogates; clipped. */
export function cleanText(text: string, limit: number): string {
  // Clipped first too, so that a huge text costs little.
  const plain = stripVTControlCharacters(clipText(text, 4 * limit))
    .replaceAll('\r\n', '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .toWellFormed();
  return clipText(plain, limit).toWellFormed();
}

/** A test id as one printable line. Different ids stay different. */
export function cleanId(id: string): string {
  const line = id
    .toWellFormed()
    .replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return line.length <= ID_LIMIT
    ? line
    : `${line.slice(0, ID_LIMIT).toWellFormed()}... ${shortHash(line)}`;
}
