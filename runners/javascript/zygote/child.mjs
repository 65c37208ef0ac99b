// Turns a fork into the process that a test runner would have been given.
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const report = require('../report.cjs');
const runners = { 'node-test': runNodeTest, tap: runScript };

/** Exit code of a run that has failed more tests than it may. */
const HUB = 118;

/** Never throws; what goes wrong ends the process as it would have ended a fresh one. */
export function becomeRunner(system, settings, request) {
  hideOrigin(system, settings);
  leaveBySystem(system);
  if (request.failures !== null) report.stopAfter(request.failures, () => system.exit(HUB));
  Object.assign(process.env, request.env);
  const run = runners[settings.framework] ?? runProgram;
  run(settings, request).catch((error) => {
    writeSync(2, `${inspect(error)}\n`);
    process.exit(1);
  });
}

function hideOrigin(system, { cwd }) {
  Object.defineProperty(process, 'pid', {
    value: system.processId(),
    enumerable: true,
    configurable: true,
  });
  process.execArgv = [];
  // The folder may have been put in place anew.
  process.chdir(cwd);
}

/**
 * Node's own way out waits for threads that stayed with the parent. Others may have put functions of
 * their own around ours, which then have to come to their end.
 */
function leaveBySystem(system) {
  const { emit } = process;
  const code = () => Number(process.exitCode ?? 0) || 0;
  process.emit = function emitAndLeave(event, ...rest) {
    const result = Reflect.apply(emit, this, [event, ...rest]);
    if (event === 'exit') {
      system.leaveWith(code() || rest[0]);
      if (process.emit === emitAndLeave) system.exit(code() || rest[0]);
    }
    return result;
  };
  process.on('exit', (natural) => system.leaveWith(code() || natural));
  // The engine prints after the exit, and there is nothing after the exit.
  process.on('uncaughtExceptionMonitor', (error) => writeSync(2, `${inspect(error)}\n`));
}

/** As `node --test --test-isolation=none` does. */
async function runNodeTest({ root, cwd }, { files, options }) {
  const paths = files.map((file) => join(root, file));
  process.argv = [process.execPath, ...paths];
  const { run } = require('node:test');
  const { default: reporter } = await import('../warm-node-test.mjs');
  const stream = run({ ...options, files: paths, isolation: 'none', cwd });
  stream.on('test:summary', ({ success, file }) => {
    if (file === undefined && !success) process.exitCode = 1;
  });
  for await (const line of reporter(stream)) writeSync(1, String(line));
}

/** As `node FILE` does. */
async function runScript({ root }, { files: [file] }) {
  process.argv = [process.execPath, join(root, file)];
  Module.runMain(process.argv[1]);
}

/** Any other runner: its own program, with the arguments of its command. */
async function runProgram(_settings, { argv }) {
  process.argv = [process.execPath, ...argv];
  await import(pathToFileURL(argv[0]).href);
}
