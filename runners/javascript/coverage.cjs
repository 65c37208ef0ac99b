// Preloaded into every process and thread of a recording run: notes which code ran, which files were read and what was started.
'use strict';

const childProcess = require('node:child_process');
const { createHash, randomBytes } = require('node:crypto');
const fs = require('node:fs');
const inspector = require('node:inspector');
const module_ = require('node:module');
const { basename, join } = require('node:path');
const { fileURLToPath } = require('node:url');
const threads = require('node:worker_threads');

const FOLDER = 'SWEMINT_COVERAGE';
const OWNER = 'SWEMINT_COVERAGE_OWNER';
const ROOT = 'SWEMINT_COVERAGE_ROOT';
/** Set to tell test files apart that share a process. */
const ORDER = 'SWEMINT_COVERAGE_ORDER';
/** Set where the framework starts one process for each test file. */
const EACH = 'SWEMINT_COVERAGE_EACH';
/** Set in programs that tests start. */
const STARTED = 'SWEMINT_COVERAGE_STARTED';
const folder = process.env[FOLDER];
const root = process.env[ROOT];

/** Programs of the tool chain: they read sources in order to load them, which the loader's record holds already. */
const LOADERS =
  /[\\/]node_modules[\\/](?:(?:@jest|@vitest|@babel|@swc|@swc-node|@esbuild|@cspotcode)[\\/]|(?:jest|babel|vite|rolldown|rollup|mocha|nyc|c8|istanbul|pirates|tsx|ts-node|esbuild|esm|source-map|v8-to|exit-x|collect-v8)[^\\/]*[\\/])/;
const SCRIPT = /\.[cm]?[jt]sx?$/;
const PASSED_ON = /[\\/]node_modules[\\/](?:graceful-fs|fs-extra|fs-monkey)[\\/]/;
const TOOL_PROGRAMS = new Set(['esbuild', 'esbuild.exe', 'watchman', 'sass-embedded']);

if (folder !== undefined && root !== undefined) record();

function record() {
  // Bound now: tests replace functions of `fs` with fakes.
  const { appendFileSync, existsSync, readFileSync, writeFileSync } = fs;
  const owner = ownerOf();
  if (owner !== undefined && process.env[OWNER] === undefined) process.env[OWNER] = owner;
  const name = `${process.pid}-${threads.threadId}-${randomBytes(6).toString('hex')}`;
  const file = join(folder, `${name}.jsonl`);
  const write = (record) => appendFileSync(file, `${JSON.stringify(record)}\n`);
  write({ type: 'start', owner: owner ?? '', thread: !threads.isMainThread });

  const session = connect();
  if (session === undefined) {
    // The parent of `node --test` runs no code of the repository and has no inspector.
    if (!process.execArgv.includes('--test')) write({ type: 'problem', problem: 'no inspector' });
    watchPrograms(write);
    process.on('exit', () => write({ type: 'end' }));
    return;
  }
  const post = (method, parameters) => {
    let answer;
    session.post(method, parameters, (error, result) => {
      if (error) write({ type: 'problem', problem: `${method}: ${error.message}` });
      answer = result;
    });
    return answer;
  };
  post('Profiler.enable');
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

  const reads = new Set();
  const imported = new Set();
  if (process.env[ORDER] !== undefined) followReport((what) => take(what));
  watchReads(reads);
  watchPrograms(write);
  watchFunctionText(write);
  process.on('worker', () => write({ type: 'worker' }));

  /** Writes what ran since the last call; `owner` names the test file it belongs to. */
  const take = (what) => {
    const coverage = post('Profiler.takePreciseCoverage');
    for (const { url } of coverage?.result ?? []) if (url.startsWith('file:')) imported.add(url);
    const scripts = (coverage?.result ?? [])
      .map(({ scriptId, url, functions }) => ({ scriptId, path: pathOf(url), functions }))
      .filter(({ path }) => path !== undefined && isOwn(path));
    for (const script of scripts) {
      const ranges = script.functions.flatMap(({ ranges }) =>
        ranges.map(({ startOffset, endOffset, count }) => [startOffset, endOffset, count]),
      );
      ranges.push(...idleFunctions(script));
      write({ type: 'script', ...what, path: script.path, ...textOf(script), ranges });
    }
    for (const path of reads) write({ type: 'read', ...what, path });
    reads.clear();
  };

  const seen = new Map();
  /** A function that did not run since the last look is left out, and would pass for its parent. */
  const idleFunctions = ({ scriptId, functions }) => {
    let known = seen.get(scriptId);
    if (known === undefined) seen.set(scriptId, (known = new Map()));
    const reported = new Set();
    for (const { ranges } of functions) {
      const [{ startOffset, endOffset }] = ranges;
      reported.add(`${startOffset}-${endOffset}`);
      known.set(`${startOffset}-${endOffset}`, [startOffset, endOffset, 0]);
    }
    return [...known].filter(([key]) => !reported.has(key)).map(([, range]) => range);
  };

  const texts = new Map();
  const textOf = ({ scriptId, path }) => {
    const known = texts.get(scriptId);
    if (known !== undefined) return known;
    post('Debugger.enable');
    post('Debugger.setSkipAllPauses', { skip: true });
    const source = post('Debugger.getScriptSource', { scriptId })?.scriptSource;
    post('Debugger.disable');
    let found = {};
    if (source !== undefined && !(existsSync(path) && readFileSync(path, 'utf8') === source)) {
      const text = createHash('sha1').update(source).digest('hex');
      const target = join(folder, `${text}.text`);
      if (!existsSync(target)) writeFileSync(target, source);
      found = { text };
    }
    texts.set(scriptId, found);
    return found;
  };

  let ended = false;
  const end = () => {
    take({});
    if (!ended) {
      if (threads.isMainThread && process.env[STARTED] === undefined) noteLoaded(write, imported);
      write({ type: 'end' });
    }
    ended = true;
  };
  process.on('exit', end);
  if (threads.isMainThread) {
    // Runners end their workers, and tests their servers, with this signal.
    process.once('SIGTERM', () => {
      end();
      if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM');
    });
  }
  const { reallyExit } = process;
  process.reallyExit = function exit(...args) {
    end();
    return reallyExit.apply(this, args);
  };
  globalThis[Symbol.for('swemint.coverage')] = { end, take };
}

/** What is not the repository's own, in the order of loading: it could be there before a run begins. */
function noteLoaded(write, urls) {
  const isDependency = (path) => path.startsWith(`${root}/`) && path.includes('/node_modules/');
  const required = Object.keys(require.cache).filter(isDependency);
  const imported = [...urls].map(pathOf).filter((path) => path !== undefined && isDependency(path));
  const builtins = process.moduleLoadList
    .filter((entry) => entry.startsWith('NativeModule '))
    .map((entry) => entry.slice('NativeModule '.length))
    .filter((name) => !name.startsWith('internal/') && module_.isBuiltin(`node:${name}`));
  write({ type: 'loaded', required, imported, builtins });
}

/** Where all test files share a process, the report that it writes tells whose turn it is. */
function followReport(take) {
  const report = process.env.SWEMINT_REPORT;
  let current;
  wrap(fs, 'appendFileSync', ([path, text]) => {
    if (path !== report) return;
    const { type, id } = JSON.parse(text);
    if (type !== 'test-start' && type !== 'test') return;
    const [owner] = id.split('::', 1);
    // What runs between two files is mostly the end of the first; before all of them, imports.
    take({ owner: type === 'test' ? [owner] : current === undefined ? [] : [current] });
    current = owner;
  });
}

function connect() {
  try {
    const session = new inspector.Session();
    session.connect();
    return session;
  } catch {
    return undefined;
  }
}

/** The test file on whose behalf this process runs: told by who started it, or its own script. */
function ownerOf() {
  const given = process.env[OWNER];
  if (given !== undefined) return given;
  const script = process.argv[1];
  if (process.env[EACH] === undefined || script === undefined || startsTestFiles()) {
    return undefined;
  }
  return isOwn(script) ? script : undefined;
}

/** Whether this process only starts others, one for each test file. */
function startsTestFiles() {
  if (process.argv[1] === join(__dirname, 'tap.mjs')) return true;
  return process.execArgv.includes('--test') && process.env.NODE_TEST_CONTEXT === undefined;
}

function pathOf(url) {
  if (url.startsWith('/')) return url;
  if (!url.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ''));
  } catch {
    return undefined;
  }
}

function isOwn(path) {
  return path.startsWith(`${root}/`) && !path.includes('/node_modules/');
}

/** Calls that only pass a request on, such as those of the runtime, are not its author. */
function caller() {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 25;
  Error.prepareStackTrace = (_, sites) => sites;
  const holder = {};
  Error.captureStackTrace(holder, caller);
  const sites = holder.stack;
  Error.stackTraceLimit = stackTraceLimit;
  Error.prepareStackTrace = prepareStackTrace;
  for (const site of Array.isArray(sites) ? sites : []) {
    const place = site.getFileName() ?? '';
    if (place.startsWith('node:internal/modules/')) return place;
    if (place.startsWith('node:') || place === __filename || PASSED_ON.test(place)) continue;
    return place;
  }
  return '';
}

function watchReads(reads) {
  const note = (path) => {
    let text = path;
    if (path instanceof URL) text = pathOf(path.href);
    else if (Buffer.isBuffer(path)) text = path.toString();
    if (typeof text !== 'string') return;
    const absolute = text.startsWith('/') ? text : join(process.cwd(), text);
    const real = require('node:path').normalize(absolute);
    if (!isOwn(real) || reads.has(real)) return;
    const author = caller();
    if (author.startsWith('node:internal/modules/') || LOADERS.test(author)) return;
    reads.add(real);
  };
  for (const [object, names] of [
    [
      fs,
      ['readFileSync', 'readFile', 'openSync', 'open', 'copyFileSync', 'copyFile', 'cpSync', 'cp'],
    ],
    [fs.promises, ['readFile', 'open', 'copyFile', 'cp']],
  ]) {
    for (const name of names) wrap(object, name, (args) => note(args[0]));
  }
  wrap(module_._extensions, '.json', ([, path]) => {
    if (isOwn(path)) reads.add(path);
  });
  module_.syncBuiltinESMExports();
}

function watchPrograms(write) {
  const required = `--require=${__filename}`;
  const additions = (get) => ({
    [FOLDER]: process.env[FOLDER] ?? folder,
    [ROOT]: root,
    ...(process.env[OWNER] === undefined ? {} : { [OWNER]: process.env[OWNER] }),
    ...(process.env[OWNER] === undefined || startsTestFiles() ? {} : { [STARTED]: '1' }),
    NODE_OPTIONS: (get('NODE_OPTIONS') ?? '').includes(required)
      ? get('NODE_OPTIONS')
      : `${get('NODE_OPTIONS') ?? ''} ${required}`.trim(),
  });
  const note = (program, args) => {
    if (TOOL_PROGRAMS.has(basename(String(program)))) return;
    write({ type: 'program', node: isNode(program, args), program: String(program) });
  };
  wrap(childProcess.ChildProcess.prototype, 'spawn', ([options]) => {
    note(options.file, options.args);
    const pairs = options.envPairs ?? [];
    const get = (key) => pairs.find((pair) => pair.startsWith(`${key}=`))?.slice(key.length + 1);
    const added = additions(get);
    options.envPairs = [
      ...pairs.filter((pair) => !Object.hasOwn(added, pair.slice(0, pair.indexOf('=')))),
      ...Object.entries(added).map(([key, value]) => `${key}=${value}`),
    ];
  });
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    wrap(childProcess, name, (args) => {
      const command = name === 'execSync' ? '/bin/sh' : args[0];
      note(
        command,
        name === 'execSync'
          ? ['sh', '-c', args[0]]
          : [command, ...(Array.isArray(args[1]) ? args[1] : [])],
      );
      const at = args.findIndex(
        (item, index) =>
          index > 0 && item !== null && typeof item === 'object' && !Array.isArray(item),
      );
      if (at === -1 || args[at].env === undefined) return;
      const { env } = args[at];
      args[at] = { ...args[at], env: { ...env, ...additions((key) => env[key]) } };
    });
  }
  module_.syncBuiltinESMExports();
}

/** Only a process of Node can be looked into; a shell that does nothing but start one counts. */
function isNode(program, args) {
  const name = basename(String(program));
  if (program === process.execPath || name === 'node') return true;
  if (name !== 'sh' && name !== 'bash') return false;
  const script = args?.[args.length - 1];
  return (
    typeof script === 'string' && /^\s*(["']?)(?:[^\s"'|;&<>]*\/)?node\1\s[^|;&<>`$]*$/.test(script)
  );
}

/** Code that looks at the text of functions sees changes without running them. */
function watchFunctionText(write) {
  const { toString } = Function.prototype;
  let noted = false;
  const replacement = {
    toString() {
      const text = toString.call(this);
      if (!noted && !text.includes('[native code]') && this !== replacement) {
        const author = caller();
        if (author !== '' && !author.includes('/node_modules/')) {
          noted = true;
          write({ type: 'function-text', author });
        }
      }
      return text;
    },
  }.toString;
  Object.defineProperty(Function.prototype, 'toString', {
    value: replacement,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** Calls `before` with the arguments, which it may change; what it throws is dropped. */
function wrap(object, name, before) {
  const original = object[name];
  if (typeof original !== 'function') return;
  const wrapped = function (...args) {
    try {
      before(args);
    } catch {
      // The recording must not change what the call does.
    }
    return Reflect.apply(original, this, args);
  };
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'length' || key === 'name' || key === 'prototype') continue;
    Object.defineProperty(wrapped, key, Object.getOwnPropertyDescriptor(original, key));
  }
  Object.defineProperty(wrapped, 'name', { value: name });
  Object.defineProperty(wrapped, 'length', { value: original.length });
  object[name] = wrapped;
}
