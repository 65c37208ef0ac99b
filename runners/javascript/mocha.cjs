// Reporter of mocha, and its `--require`: picks the selected files and tells when a file cannot be loaded.
'use strict';

const { sep } = require('node:path');
const { inflateSync } = require('node:zlib');
const report = require('./report.cjs');

const packed = process.env.SWEMINT_FILES;
delete process.env.SWEMINT_FILES;
const selected =
  packed === undefined
    ? undefined
    : new Set(JSON.parse(inflateSync(Buffer.from(packed, 'base64'))));

const TIMEOUT = /^Timeout of \d+ms exceeded/;
let running = false;
let printed = '';

/** Configuration files add their own files to those of the command line, so we choose last. */
function selectFiles() {
  const loaded = Object.entries(require.cache).find(([path]) =>
    /[\\/]mocha[\\/]lib[\\/]mocha\.c?js$/.test(path),
  );
  const prototype = loaded?.[1]?.exports?.prototype;
  if (prototype === undefined) return;
  for (const name of ['loadFiles', 'loadFilesAsync']) {
    const load = prototype[name];
    if (typeof load !== 'function') continue;
    prototype[name] = function chosen(...args) {
      const setup = new Set([this.options?.file ?? []].flat().map(report.relativePath));
      this.files = this.files.filter((file) => {
        const path = report.relativePath(file);
        return selected.has(path) || setup.has(path);
      });
      return load.apply(this, args);
    };
  }
}

/** Mocha prints why a file cannot be loaded and exits, without telling its reporter. */
function watchLoading() {
  const write = process.stderr.write;
  process.stderr.write = function remember(chunk, ...rest) {
    if (!running) printed = (printed + String(chunk)).slice(-16000);
    return write.call(this, chunk, ...rest);
  };
  process.on('exit', (code) => {
    if (running || code === 0) return;
    report.start('mocha', process.version);
    report.collectionError(fileIn(printed), printed);
    report.end(code);
  });
}

/** The outermost file of the repository in a stack: the test file that was being loaded. */
function fileIn(text) {
  const paths = text.match(/(?:file:\/\/)?\/[^\s():'"]+\.[cm]?[jt]sx?/g) ?? [];
  const own = paths
    .map((path) => report.relativePath(path))
    .filter((path) => !path.startsWith('/') && !path.startsWith('file:'))
    .filter((path) => !path.split(sep).includes('node_modules'));
  return own.at(-1) ?? '.';
}

/** A retried test is a clone of the first. */
function original(test) {
  let first = test;
  while (typeof first.retriedTest === 'function' && first.retriedTest())
    first = first.retriedTest();
  return first;
}

class SwemintReporter {
  #ids = new Map();
  #reported = new Set();
  #failed = 0;

  constructor(runner) {
    running = true;
    runner.once('start', () => {
      report.start('mocha', process.version);
      runner.suite?.eachTest?.((test) => this.#idOf(test));
    });
    runner.on('test', (test) => report.testStart(this.#idOf(test)));
    runner.on('pass', (test) => this.#write(test, 'passed'));
    runner.on('pending', (test) => this.#write(test, 'skipped'));
    runner.on('fail', (test, error) => this.#fail(test, error));
    runner.once('end', () => report.end(this.#failed === 0 ? 0 : 1));
  }

  #idOf(test) {
    const first = original(test);
    let id = this.#ids.get(first);
    if (id === undefined) {
      const names = typeof first.titlePath === 'function' ? first.titlePath() : [first.fullTitle()];
      id = report.uniqueId(fileOf(first), names);
      this.#ids.set(first, id);
    }
    return id;
  }

  #write(test, status, kind, message) {
    const id = this.#idOf(test);
    this.#reported.add(id);
    report.test({ id, file: fileOf(test), status, kind, message, ms: test.duration ?? 0 });
  }

  #fail(test, error) {
    this.#failed += 1;
    const message = report.messageOf(error);
    if (test.type === 'hook') this.#failHook(test, message);
    else {
      const kind = TIMEOUT.test(error?.message ?? '') ? 'timeout' : report.failureKind(error);
      this.#write(test, 'failed', kind, message);
    }
  }

  /** After a failed hook mocha leaves the rest of its suite out: those tests failed with it. */
  #failHook(hook, message) {
    const text = `${hook.title}\n${message}`;
    const tests = [];
    hook.parent?.eachTest?.((test) => tests.push(test));
    const left = tests.filter((test) => !test.pending && !this.#reported.has(this.#idOf(test)));
    const current = hook.ctx?.currentTest;
    const last = tests.filter((test) => this.#reported.has(this.#idOf(test))).at(-1);
    const failing = left.length > 0 ? left : [last ?? current];
    if (/^"after each"/.test(hook.title) && current) failing.push(current);
    for (const test of new Set(failing)) {
      if (test !== undefined) this.#write(test, 'failed', 'error', text);
    }
  }
}

function fileOf(test) {
  for (let node = test; node; node = node.parent) {
    if (node.file) return report.relativePath(node.file);
  }
  return '';
}

if (selected !== undefined) selectFiles();
watchLoading();
module.exports = SwemintReporter;
