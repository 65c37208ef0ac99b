// Writes the report that every JavaScript runner shares: one JSON line per fact, appended at once so that a crash keeps what was seen.
'use strict';

const { appendFileSync, realpathSync } = require('node:fs');
const { relative, resolve, sep } = require('node:path');
const { fileURLToPath } = require('node:url');

const MESSAGE_LIMIT = 8000;
// Bound now: tests replace functions of `fs`, the clock and the variables with fakes.
const append = appendFileSync;
const path = process.env.SWEMINT_REPORT;
const root = process.env.SWEMINT_ROOT ?? process.cwd();
const realRoot = realPath(root);
// No program that a test starts may write to our report.
delete process.env.SWEMINT_REPORT;
delete process.env.SWEMINT_ROOT;

const known = new Map();
const counts = new Map();

function realPath(name) {
  try {
    return realpathSync(name);
  } catch {
    return name;
  }
}

function write(record) {
  if (path !== undefined) append(path, `${JSON.stringify(record)}\n`);
}

/** The first and the last part of a long text. */
function clip(text, limit = MESSAGE_LIMIT) {
  const whole = String(text);
  if (whole.length <= limit) return whole;
  const half = limit / 2;
  const left = whole.length - limit;
  return `${whole.slice(0, half)}\n... ${left} characters left out ...\n${whole.slice(-half)}`;
}

/** Repository-relative with forward slashes; a path outside stays as it is. */
function relativePath(name) {
  const text = String(name);
  let found = known.get(text);
  if (found === undefined) {
    const absolute = text.startsWith('file:') ? fileURLToPath(text) : resolve(root, text);
    found = text;
    for (const [from, to] of [
      [root, absolute],
      [realRoot, realPath(absolute)],
    ]) {
      const candidate = relative(from, to);
      if (candidate !== '..' && !candidate.startsWith(`..${sep}`)) {
        found = candidate.split(sep).join('/');
        break;
      }
    }
    known.set(text, found);
  }
  return found;
}

/** `path::describe > test`; the second test of that name gets `#2`, in order of appearance. */
function uniqueId(file, names) {
  const id = names.length === 0 ? file : `${file}::${names.join(' > ')}`;
  const count = (counts.get(id) ?? 0) + 1;
  counts.set(id, count);
  return count === 1 ? id : `${id}#${count}`;
}

/** The id that `uniqueId` would give next. */
function peekId(file, names) {
  const id = names.length === 0 ? file : `${file}::${names.join(' > ')}`;
  const count = counts.get(id) ?? 0;
  return count === 0 ? id : `${id}#${count + 1}`;
}

/** `assertion` when the test's own check failed; anything else that was thrown is an `error`. */
function failureKind(error) {
  const seen = new Set();
  for (let cause = error; cause !== null && typeof cause === 'object'; cause = cause.cause) {
    if (seen.has(cause)) break;
    seen.add(cause);
    if (
      cause.code === 'ERR_ASSERTION' ||
      cause.matcherResult !== undefined ||
      /assert/i.test(String(cause.name)) ||
      /^JestAssertionError|^ExpectationFailed/.test(String(cause.name))
    ) {
      return 'assertion';
    }
  }
  return 'error';
}

/** The text of anything thrown; never throws itself. */
function messageOf(error) {
  try {
    if (error === null || typeof error !== 'object') return String(error);
    const stack = typeof error.stack === 'string' ? error.stack : '';
    const message = typeof error.message === 'string' ? error.message : '';
    return stack.includes(message) && stack !== '' ? stack : `${message}\n${stack}`.trim();
  } catch {
    return 'An error that cannot be shown.';
  }
}

const start = (framework, version) => write({ type: 'start', framework, version });
const testStart = (id) => write({ type: 'test-start', id });
/** What began as a test was a group of tests. */
const group = (id) => write({ type: 'group', id });
const end = (exit) => write({ type: 'end', exit });

function collectionError(file, message) {
  write({ type: 'collection-error', file, message: clip(message) });
}

let failuresLeft = Number.POSITIVE_INFINITY;
let giveUp;

/** Calls `then` as soon as more than `limit` tests have failed. */
function stopAfter(limit, then) {
  failuresLeft = limit;
  giveUp = then;
}

/** One finished test: `{ id, file, status, kind?, ms, message? }`. */
function test({ id, file, status, kind, ms, message }) {
  write({
    type: 'test',
    id,
    file,
    status,
    ms: Math.max(0, Math.round((Number(ms) || 0) * 1000) / 1000),
    ...(status === 'failed' ? { kind: kind ?? 'error' } : {}),
    ...(message ? { message: clip(message) } : {}),
  });
  if (status !== 'failed') return;
  failuresLeft -= 1;
  if (failuresLeft < 0) giveUp();
}

/** Names count anew: another run begins in the same process. */
const begin = () => counts.clear();

module.exports = {
  begin,
  stopAfter,
  write,
  clip,
  relativePath,
  uniqueId,
  peekId,
  failureKind,
  messageOf,
  start,
  testStart,
  group,
  end,
  collectionError,
  test,
};
