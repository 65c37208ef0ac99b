// Reporter of `node --test`: follows its event stream and writes our report.
import { resolve } from 'node:path';
import {
  clip,
  collectionError,
  end,
  failureKind,
  group,
  messageOf,
  peekId,
  relativePath,
  start,
  test,
  testStart,
  uniqueId,
} from './report.cjs';

/** The names above a test, by nesting, of the file that runs now (files run one after the other). */
let begun = [];
let ordered = [];
let file = '';
let fileName = '';
let children = 0;
let errors = '';
const open = new Map();

/** Node wraps every file in a test that is named by its path. */
const isFile = (data) =>
  data.nesting === 0 &&
  typeof data.file === 'string' &&
  (data.name === data.file || resolve(data.name) === data.file);

/**
 * A process that is busy sends nothing, so a hang may show no test at all: while no test is known
 * to run, the file itself counts as running.
 */
let fileRuns = false;

function fileBegins() {
  if (!fileRuns && file !== '') testStart(file);
  fileRuns = file !== '';
}

function fileRests() {
  if (fileRuns) group(file);
  fileRuns = false;
}

function enterFile(data) {
  if (data.file === fileName) return;
  fileRests();
  fileName = data.file;
  file = relativePath(data.file);
  [begun, ordered, children, errors] = [[], [], 0, ''];
}

function chain(names, data) {
  names.length = data.nesting;
  names[data.nesting] = data.name;
  return names.filter((name, index) => name !== undefined && !(index === 0 && name === fileName));
}

function kindOf(error) {
  if (error?.failureType === 'testTimeoutFailure') return 'timeout';
  if (error?.failureType !== 'testCodeFailure') return 'error';
  return failureKind(error.cause);
}

/** The error of the test's own code; Node wraps it. */
function textOf(error) {
  const cause = error?.cause;
  return cause !== null && typeof cause === 'object'
    ? messageOf(cause)
    : messageOf(cause ?? error?.message ?? error);
}

function fileEnded(data, passed) {
  fileRests();
  if (passed) {
    // A script without tests of its own that ran to its end is itself the test.
    if (children === 0) test({ id: file, file, status: 'passed', ms: data.details?.duration_ms });
    return;
  }
  const message = clip(`${textOf(data.details?.error)}\n${errors}`);
  if (children === 0) collectionError(file, message);
  else test({ id: file, file, status: 'failed', kind: 'error', message });
}

function ended(data, passed) {
  if (isFile(data)) {
    enterFile(data);
    fileEnded(data, passed);
    return;
  }
  if (fileName === '' && data.file) enterFile(data);
  children += 1;
  const names = chain(ordered, data);
  const error = data.details?.error;
  const inherited = error?.failureType === 'subtestsFailed';
  if (data.details?.type === 'suite' && (passed || inherited)) {
    const begunAs = peekId(file, names);
    if (open.delete(begunAs)) group(begunAs);
    return;
  }
  const id = uniqueId(file, names);
  open.delete(id);
  if (open.size === 0) fileBegins();
  const set = (mark) => mark !== undefined && mark !== false;
  const result = { id, file, ms: data.details?.duration_ms };
  if (set(data.skip) || (set(data.todo) && !passed)) test({ ...result, status: 'skipped' });
  else if (passed) test({ ...result, status: 'passed' });
  else test({ ...result, status: 'failed', kind: kindOf(error), message: textOf(error) });
}

const handlers = {
  'test:dequeue': (data) => {
    if (isFile(data)) {
      enterFile(data);
      fileBegins();
      return;
    }
    const names = chain(begun, data);
    if (data.type !== 'test' || file === '') return;
    const id = peekId(file, names);
    open.set(id, file);
    fileRests();
    testStart(id);
  },
  'test:start': (data) => {
    if (!isFile(data)) chain(ordered, data);
  },
  'test:pass': (data) => ended(data, true),
  'test:fail': (data) => ended(data, false),
  'test:stderr': (data) => {
    errors = (errors + String(data.message ?? '')).slice(-8000);
  },
};

export default async function* report(source) {
  start('node-test', process.version);
  let failed = false;
  for await (const { type, data } of source) {
    if (type === 'test:fail') failed ||= data.todo === undefined || data.todo === false;
    handlers[type]?.(data);
  }
  fileRests();
  for (const [id, from] of open) {
    const message = 'The process of its file ended before the test did.';
    test({ id, file: from, status: 'failed', kind: 'crash', message });
  }
  end(failed ? 1 : 0);
  yield '';
}
