// Reads the source map of a transformed script, so that what ran can be told in places of the original file.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** By absolute path of the original; undefined when the script has no map that can be read. */
export function readSourceMap(script, path) {
  const payload = payloadOf(script, path);
  if (payload?.mappings === undefined || payload.sections !== undefined) return undefined;
  const lines = lineStarts(script);
  const sources = payload.sources.map((source) => place(source, payload.sourceRoot, path));
  const found = new Map();
  for (const [line, column, source, originalLine, originalColumn] of segmentsOf(payload.mappings)) {
    const start = lines[line];
    if (start === undefined || sources[source] === undefined) continue;
    let list = found.get(sources[source]);
    if (list === undefined) found.set(sources[source], (list = []));
    list.push([start + column, originalLine, originalColumn]);
  }
  return new Map(
    [...found].map(([source, list]) => [source, { at: (text, ran) => project(list, text, ran) }]),
  );
}

/** Intervals of the original of which some generated place ran. A place belongs to the mark before it. */
function project(marks, text, ran) {
  const lines = lineStarts(text);
  const states = new Map();
  for (const [generated, line, column] of marks) {
    if (lines[line] === undefined) continue;
    const at = lines[line] + column;
    states.set(at, (states.get(at) ?? false) || ran(generated));
  }
  const places = [...states].toSorted((a, b) => a[0] - b[0]);
  const intervals = [];
  for (const [index, [start, state]] of places.entries()) {
    if (!state) continue;
    const end = places[index + 1]?.[0] ?? text.length;
    const last = intervals.at(-1);
    if (last !== undefined && last[1] === start) last[1] = end;
    else intervals.push([start, end]);
  }
  return intervals;
}

function payloadOf(script, path) {
  const comments = [...script.matchAll(/^[ \t]*\/\/[#@] sourceMappingURL=(\S+)/gm)];
  const url = comments.at(-1)?.[1];
  if (url === undefined) return undefined;
  try {
    if (url.startsWith('data:')) {
      const comma = url.indexOf(',');
      const body = url.slice(comma + 1);
      const text = url.slice(0, comma).endsWith(';base64')
        ? Buffer.from(body, 'base64').toString('utf8')
        : decodeURIComponent(body);
      return JSON.parse(text);
    }
    const file = resolve(dirname(path), url);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}

function place(source, sourceRoot, path) {
  if (source === null || source === undefined) return undefined;
  const clean = source.replace(/[?#].*$/, '');
  if (clean.startsWith('file:')) return fileURLToPath(clean);
  return resolve(dirname(path), sourceRoot ?? '', clean);
}

function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** `[line, column, source, originalLine, originalColumn]`, all 0-based; marks without a source are left out. */
function* segmentsOf(mappings) {
  let [source, originalLine, originalColumn] = [0, 0, 0];
  for (const [line, group] of mappings.split(';').entries()) {
    let column = 0;
    for (const segment of group.split(',')) {
      if (segment === '') continue;
      const numbers = decode(segment);
      column += numbers[0];
      if (numbers.length < 4) continue;
      source += numbers[1];
      originalLine += numbers[2];
      originalColumn += numbers[3];
      yield [line, column, source, originalLine, originalColumn];
    }
  }
}

function decode(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = VALUES.get(digit) ?? 0;
    value += (bits & 31) << shift;
    if (bits & 32) {
      shift += 5;
      continue;
    }
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
