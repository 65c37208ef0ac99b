// Makes what a failing test printed fit to be read elsewhere: no host paths, no addresses, the telling part.
import { stripVTControlCharacters } from 'node:util';

/** The output as it would look on any machine, in the repository's root. */
export function cleanOutput(output: string): string {
  return (
    stripVTControlCharacters(output)
      .replaceAll('\r\n', '\n')
      // A path inside a run's copy of the repository, or inside its environment.
      .replaceAll(/(?:file:\/\/)?(?:\/[^\s/:'"()<>]+)*\/environments\/[^\s/:'"()<>]+\/repo\//g, '')
      .replaceAll(
        /(?:file:\/\/)?(?:\/[^\s/:'"()<>]+)+\/((?:site|dist)-packages|node_modules)\//g,
        '$1/',
      )
      .replaceAll(/(?:\/[^\s/:'"()<>]+)+\/(python3\.\d+)\//g, '$1/')
      .replaceAll(/(?:\/[^\s/:'"()<>]+)*\/environments\/[^\s/:'"()<>]+/g, '.')
      .replaceAll(/\b0x[0-9a-fA-F]{6,16}\b/g, '0x…')
      .split('\n')
      .filter(outsideNode())
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/^\n+|\n+$/g, '')
  );
}

/** Leaves out Node's own frames, and what stands below them in a stack: they differ between versions. */
function outsideNode(): (line: string) => boolean {
  let inside = false;
  return (line) => {
    if (!/^\s+at\s/.test(line)) inside = false;
    else if (/^\s+at .*\(?node:/.test(line)) inside = true;
    return !inside;
  };
}

/** The first and last lines of a long output; the end tells more, so it gets more room. */
export function clipOutput(output: string, lines: number, characters = 4000): string {
  const all = output.split('\n').map((line) => clipLine(line, 400));
  const kept = all.length <= lines ? all : middleOut(all, lines);
  const text = kept.join('\n');
  if (text.length <= characters) return text;
  const head = Math.floor(characters / 3);
  return `${text.slice(0, head)}\n…\n${text.slice(head - characters)}`;
}

/**
 * The part of a failure that says what is wrong: pytest's `E` lines, the last exception of a Python
 * traceback, or a JavaScript error up to its stack. Undefined when there is none.
 */
export function headline(cleaned: string): string | undefined {
  const lines = cleaned.split('\n');
  const found = pytestErrors(lines) ?? pythonException(lines) ?? scriptError(lines);
  const text = found?.join('\n').replace(/^\n+|\n+$/g, '');
  return text === undefined || text === '' ? undefined : clipHead(text, 24, 1600);
}

/**
 * Where in its own file the test failed: the innermost line of `testPath` in the output, as pytest and
 * Python show it. Undefined for stacks without source lines.
 */
export function triggerLine(cleaned: string, testPath: string): string | undefined {
  const lines = cleaned.split('\n');
  const at = lines.findLastIndex(
    (line) =>
      line.startsWith(`${testPath}:`) || line.trimStart().startsWith(`File "${testPath}", line `),
  );
  const code = lines[at + 1];
  // The first line of a call over several lines says little.
  if (
    at === -1 ||
    code === undefined ||
    /[([{,\\]$/.test(code) ||
    !/^\s+\S/.test(code) ||
    /^\s+[\^~]+$/.test(code)
  )
    return undefined;
  const number = /(?::|line )(\d+)/.exec(
    lines[at]?.slice(lines[at].indexOf(testPath) + testPath.length) ?? '',
  );
  return `${testPath}${number ? `:${number[1]}` : ''}\n    ${code.trim()}`;
}

/** The last run of lines that pytest marks with `E`. */
function pytestErrors(lines: readonly string[]): string[] | undefined {
  const last = lines.findLastIndex((line) => /^E(\s|$)/.test(line));
  if (last === -1) return undefined;
  let first = last;
  while (first > 0 && /^E(\s|$)/.test(lines[first - 1] ?? '')) first -= 1;
  return lines.slice(first, last + 1).map((line) => line.replace(/^E {0,3}/, ''));
}

const EXCEPTION =
  /^[\p{L}_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Failure|Timeout|[A-Z]\w*)(?::|$)/u;

function pythonException(lines: readonly string[]): string[] | undefined {
  const traceback = lines.findLastIndex((line) =>
    /^\s*Traceback \(most recent call last\)/.test(line),
  );
  const frame = lines.findLastIndex((line) => /^\s+File ".*", line \d+/.test(line));
  if (traceback === -1 && frame === -1) return undefined;
  const from = Math.max(traceback, frame) + 1;
  const start = lines.findIndex((line, index) => index >= from && EXCEPTION.test(line));
  return start === -1 ? undefined : withoutNotice(lines.slice(start));
}

/** Without unittest's advice on `maxDiff` and what follows the diff. */
function withoutNotice(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => /^(Diff is \d+ characters|=====|-----)/.test(line));
  return end === -1 ? [...lines] : lines.slice(0, end);
}

function scriptError(lines: readonly string[]): string[] | undefined {
  const stack = lines.findIndex((line) => /^\s+at\s/.test(line));
  const message = stack === -1 ? lines : lines.slice(0, stack);
  return message.some((line) => line.trim() !== '') ? [...message] : undefined;
}

/** Whole lines from the start; a few lines too many are not worth a cut. */
function clipHead(text: string, lines: number, characters: number): string {
  const all = text.split('\n').map((line) => clipLine(line, 300));
  const kept: string[] = [];
  let length = 0;
  for (const line of all) {
    length += line.length + 1;
    if (kept.length > 0 && length > characters) break;
    kept.push(line);
  }
  const count = all.length <= lines + 3 ? kept.length : Math.min(kept.length, lines);
  const left = all.length - count;
  return [...kept.slice(0, count), ...(left > 0 ? [`… ${left} more lines`] : [])].join('\n');
}

function middleOut(all: readonly string[], lines: number): string[] {
  const head = Math.floor(lines / 3);
  const tail = lines - head;
  return [...all.slice(0, head), `… ${all.length - lines} lines …`, ...all.slice(-tail)];
}

const clipLine = (line: string, limit: number): string =>
  line.length <= limit ? line : `${line.slice(0, limit)}…`;
