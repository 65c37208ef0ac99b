// Finds a JavaScript or TypeScript test in its file by the names of its describe and test calls.
import type { ScannedScript } from './javascript-scan.ts';
import { scanScript } from './javascript-scan.ts';
import { dedent } from './source-text.ts';

interface TestCall {
  /** Index of the first character of the callee, and after the closing bracket. */
  start: number;
  end: number;
  /** Fits the name that the framework reports. */
  name: RegExp;
  /** 2: the name is written out; 1: it has placeholders; 0: it is computed. */
  certainty: 0 | 1 | 2;
}

/** Calls that declare tests or groups, with the modifiers that frameworks have. */
const CALLEE =
  /(?<![\w$.])(?:(?:[\w$]+\.)?(?:test|it|specify|describe|suite|context|subtest)|[fx](?:it|test|describe)|t)(?=[.(])/g;

/**
 * The source of the test call that `names` lead to (describe first, test last); the `ordinal`-th when
 * several are written with the same names. When the name is computed in a loop, the loop comes with it.
 */
export function findJavaScriptTest(
  text: string,
  names: readonly string[],
  ordinal = 1,
): string | undefined {
  const script = scanScript(text);
  const calls = findCalls(script);
  const fitting = groupings(names).flatMap((chain) => follow(calls, chain));
  const best = Math.max(...fitting.map(({ certainty }) => certainty));
  const found = fitting.filter(({ certainty }) => certainty === best).map(({ call }) => call);
  // A computed name fits everything: it says something only when there is no other choice.
  if (best <= 0 && found.length !== 1) return undefined;
  const unique = [...new Set(found)];
  const call = unique[ordinal - 1] ?? unique[0];
  if (!call) return undefined;
  const start = call.certainty === 2 ? call.start : startOfLoop(script, call, calls);
  const end = start === call.start ? call.end : endOfLoop(script, start, call);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const from = text.slice(lineStart, start).trim() === '' ? lineStart : start;
  return dedent(text.slice(from, text[end] === ';' ? end + 1 : end).replaceAll('\r\n', '\n'));
}

/** A name may itself hold the divider: every way of joining neighbours again, fewest joins first. */
function groupings(names: readonly string[]): string[][] {
  const [first, ...rest] = names;
  if (first === undefined) return [];
  if (rest.length === 0) return [[first]];
  if (rest.length > 6) return [[...names]];
  const [second = '', ...others] = rest;
  return [
    ...groupings(rest).map((chain) => [first, ...chain]),
    ...groupings([`${first} > ${second}`, ...others]),
  ].toSorted((a, b) => b.length - a.length);
}

interface Fitting {
  call: TestCall;
  certainty: number;
}

function follow(calls: readonly TestCall[], chain: readonly string[]): Fitting[] {
  const name = chain.at(-1) ?? '';
  const outer = chain.slice(0, -1);
  return calls
    .filter((call) => call.name.test(name))
    .flatMap((call) => {
      const around = calls.filter(({ start, end }) => start < call.start && end >= call.end);
      if (around.length < outer.length) return [];
      const parents = around.slice(around.length - outer.length);
      const fits = outer.every((text, index) => parents[index]?.name.test(text) === true);
      // Groups that the names do not mention make it less likely to be the one.
      const strayed = around.length > outer.length ? 1 : 0;
      return fits ? [{ call, certainty: call.certainty - strayed / 2 }] : [];
    });
}

function findCalls(script: ScannedScript): TestCall[] {
  const calls: TestCall[] = [];
  for (const match of script.text.matchAll(CALLEE)) {
    if (!script.isCode(match.index)) continue;
    const call = readCall(script, match.index, match.index + match[0].length);
    // `t.…` is a test only where it says so: `t.test(…)`.
    if (call) calls.push(call);
  }
  return calls;
}

/** Follows `.only`, `.each(table)` and `.skipIf(…)` up to the brackets that hold the name. */
function readCall({ text, partner, literals }: ScannedScript, start: number, after: number) {
  let at = after;
  let each = false;
  let tested = !/^t$/.test(text.slice(start, after));
  for (;;) {
    const modifier = /^\s*\.\s*(\w+)/.exec(text.slice(at, at + 60));
    if (modifier) {
      at += modifier[0].length;
      if (modifier[1] === 'each' || modifier[1] === 'for') each = true;
      else if (modifier[1] === 'test') tested = true;
      else if (
        !/^(only|skip|todo|concurrent|sequential|fails|failing|shuffle|skipIf|runIf|extend|serial|parallel)$/.test(
          modifier[1] ?? '',
        )
      )
        return undefined;
      continue;
    }
    at += /^\s*/.exec(text.slice(at))![0].length;
    if (text[at] === '`') {
      // A table in a template literal: test.each`…`('name', …)
      const end = literals.get(at);
      if (end === undefined || !each) return undefined;
      at = end;
      continue;
    }
    const close = text[at] === '(' ? partner.get(at) : undefined;
    if (close === undefined || !tested) return undefined;
    const next = /^\s*[(`.]/.exec(text.slice(close + 1, close + 60));
    const isName = next === null || (next[0].trim() === '.' && literalAt(text, at + 1, literals));
    if (!isName) {
      at = close + 1;
      continue;
    }
    return { start, end: close + 1, ...readName(text, at + 1, close, literals, each) };
  }
}

function literalAt(text: string, from: number, literals: ReadonlyMap<number, number>): boolean {
  const start = from + /^\s*/.exec(text.slice(from))![0].length;
  return literals.has(start);
}

function readName(
  text: string,
  from: number,
  close: number,
  literals: ReadonlyMap<number, number>,
  each: boolean,
): Pick<TestCall, 'name' | 'certainty'> {
  const start = from + /^\s*/.exec(text.slice(from))![0].length;
  const end = literals.get(start);
  const rest = end === undefined ? '' : text.slice(end, close).trimStart();
  const whole = end !== undefined && (rest === '' || rest.startsWith(','));
  if (!whole) return { name: /^[^]*$/, certainty: 0 };
  const raw = text.slice(start + 1, end - 1);
  const template = text[start] === '`';
  const pieces = raw.split(
    template ? /(\$\{(?:[^{}]|\{[^{}]*\})*\})/ : each ? /(%[sdifjoOp#$%]|\$[\w.#]+)/ : /(?!)/,
  );
  const byTable = template && each;
  const pattern = pieces
    .map((piece, index) => {
      if (index % 2 === 1) return '[^]*';
      const fixed = unescape(piece);
      if (!byTable) return escapePattern(fixed);
      return fixed
        .split(/(%[sdifjoOp#$%]|\$[\w.#]+)/)
        .map((part, place) => (place % 2 === 1 ? '[^]*' : escapePattern(part)))
        .join('');
    })
    .join('');
  return { name: new RegExp(`^${pattern}$`), certainty: pattern.includes('[^]*') ? 1 : 2 };
}

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function unescape(raw: string): string {
  return raw.replaceAll(
    /\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(\r?\n)|(.))/gi,
    (
      _,
      braced: string | undefined,
      four: string | undefined,
      two: string | undefined,
      newline: string | undefined,
      char: string | undefined,
    ) => {
      const hex = braced ?? four ?? two;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (newline !== undefined) return '';
      const special: Record<string, string> = {
        n: '\n',
        t: '\t',
        r: '\r',
        b: '\b',
        f: '\f',
        v: '\v',
        0: '\0',
      };
      return special[char ?? ''] ?? char ?? '';
    },
  );
}

const LOOP_LIMIT = 3000;

/** Where the `for (…) {` or `….forEach(…) => {` around a test with a computed name begins. */
function startOfLoop(script: ScannedScript, call: TestCall, calls: readonly TestCall[]): number {
  const { text, partner } = script;
  const parent = calls.findLast(({ start, end }) => start < call.start && end >= call.end);
  for (let at = call.start - 1; at > (parent?.start ?? -1); at -= 1) {
    const end = partner.get(at);
    if (end === undefined || end < call.end || text[at] !== '{') continue;
    if (call.end - at > LOOP_LIMIT) break;
    const before = text.slice(0, at).trimEnd();
    if (before.endsWith(')')) {
      const bracket = partner.get(before.length - 1);
      const keyword =
        bracket === undefined ? null : /\bfor(\s+await)?\s*$/.exec(text.slice(0, bracket));
      if (keyword) return call.end - keyword.index > LOOP_LIMIT ? call.start : keyword.index;
    }
  }
  return call.start;
}

function endOfLoop({ text, partner }: ScannedScript, start: number, call: TestCall): number {
  for (let at = start; at < call.start; at += 1) {
    const end = partner.get(at);
    if (text[at] === '{' && end !== undefined && end >= call.end) return end + 1;
  }
  return call.end;
}
