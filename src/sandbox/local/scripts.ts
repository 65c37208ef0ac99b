// The shell programs that build a sandbox, read once so that they still run where their files are hidden.
import { readFileSync } from 'node:fs';

const read = (name: string): string =>
  readFileSync(new URL(`../../../runners/sandbox/${name}`, import.meta.url), 'utf8');

/** Texts for `sh -c`; each file says what it does. */
export const scripts = {
  hold: read('hold.sh'),
  launch: read('launch.sh'),
  enter: read('enter.sh'),
  init: read('init.sh'),
  cell: read('cell.sh'),
};

/** Variables of our own privileged tools: nothing of the host's or the target's environment reaches them. */
export const toolEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

/** One word of a POSIX shell line, whatever it contains. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
