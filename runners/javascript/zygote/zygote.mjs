// A fork server for Node: loads what every test run loads anyway, then forks for each run. PROTOCOL.md tells more.
import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { becomeRunner } from './child.mjs';
import { preload } from './preload.mjs';
import { endStrays } from './strays.mjs';
import { openTree } from './tree.mjs';

const [STDIN, REQUESTS, ANSWERS] = [0, 200, 201];
const TICK_MS = 10;
const LOOK_EVERY_MS = 100;
const SIGNAL_BITS = 0x7f;

const [, , addonPath] = process.argv;
const addon = { exports: {} };
process.dlopen(addon, addonPath);
const system = addon.exports;

// Tests get neither our questions nor our answers.
system.duplicate(STDIN, REQUESTS);
system.duplicate(1, ANSWERS);
system.duplicate(openSync('/dev/null', 'r'), STDIN);
system.adopt();

let isChild = false;
const { reallyExit } = process;
// Before any dependency can keep it: Node's own way out is none for a child.
process.reallyExit = function leave(code) {
  if (isChild) system.exit(Number(process.exitCode ?? code ?? 0) || 0);
  return Reflect.apply(reallyExit, process, [code]);
};

let pending = Buffer.alloc(0);
const settings = readRequest();
useOutput(settings);
// It takes its variables when it is loaded, and removes them.
const report = createRequire(import.meta.url)('../report.cjs');
const { openTapFile } = await import('../tap-file.mjs');
const refused = await preload(settings);
const tree = openTree(settings.root, process.env.TMPDIR ?? '/tmp');
answer({ type: 'ready', refused, version: process.version, cpuMs: cpuTime() });
serve();

/** Returns in every child, which then lives on as if it had just been started. */
function serve() {
  for (let request = readRequest(); request !== undefined; request = readRequest()) {
    const [startedAt, before] = [performance.now(), cpuTime()];
    if (request.type === 'tidy') {
      const residue = tree.tidy(request.changed);
      answer({ type: 'tidied', residue, cpuMs: cpuTime() - before });
      continue;
    }
    writeFileSync(settings.report, '');
    writeFileSync(settings.output, '');
    writeFileSync(settings.errors, '');
    const child = system.fork();
    if (child === 0) {
      isChild = true;
      closeSync(REQUESTS);
      closeSync(ANSWERS);
      useOutput(settings);
      becomeRunner(system, settings, request);
      return;
    }
    const end = child < 0 ? { outcome: 'broken' } : watch(child, request);
    endStrays(system);
    if (settings.framework === 'tap') Object.assign(end, reportTap(request, end));
    const wallMs = performance.now() - startedAt;
    answer({ type: 'end', id: request.id, ...end, wallMs, cpuMs: cpuTime() - before });
  }
  process.reallyExit(0);
}

function useOutput({ output, errors }) {
  for (const [path, target] of [
    [output, 1],
    [errors, 2],
  ]) {
    const file = openSync(path, 'a');
    system.duplicate(file, target);
    closeSync(file);
  }
}

/** These scripts know nothing of our report: what they print says it all. */
function reportTap({ files }, { outcome, code, signal = null }) {
  if (outcome === 'timed-out') return {};
  report.begin();
  report.start('tap', process.version);
  const file = openTapFile(files[0]);
  for (const line of readFileSync(settings.output, 'utf8').split(/\r?\n/)) file.line(line);
  const errors = report.clip(readFileSync(settings.errors, 'utf8'), 16_000);
  const exit = file.end({ code: code ?? null, signal, errors }) ? 0 : 1;
  report.end(exit);
  return { outcome: 'exited', code: exit };
}

function watch(child, { cpuMs, wallMs }) {
  const deadline = performance.now() + wallMs;
  let timedOut = false;
  for (;;) {
    const status = system.wait(child, LOOK_EVERY_MS);
    if (status !== -1) {
      const signal = status & SIGNAL_BITS;
      if (timedOut) return { outcome: 'timed-out' };
      return signal === 0
        ? { outcome: 'exited', code: status >> 8 }
        : { outcome: 'signaled', signal: String(signal) };
    }
    if (!timedOut && (performance.now() > deadline || (cpuMs !== null && used(child) > cpuMs))) {
      timedOut = true;
      process.kill(-child, 'SIGKILL');
    }
  }
}

/** Processor time of a process and of what it has waited for, in milliseconds. */
function used(child) {
  try {
    const text = readFileSync(`/proc/${child}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) * TICK_MS;
  } catch {
    return 0;
  }
}

/** Of this process and of everything that it has buried, in milliseconds. */
function cpuTime() {
  const { user, system: kernel } = process.cpuUsage();
  return (user + kernel) / 1000 + system.childrenTime();
}

function answer(message) {
  writeSync(ANSWERS, `${JSON.stringify(message)}\n`);
}

/** Waits for a line; nothing else may happen meanwhile, so that every fork finds the same state. */
function readRequest() {
  for (;;) {
    const at = pending.indexOf('\n');
    if (at !== -1) {
      const line = pending.subarray(0, at).toString('utf8');
      pending = Buffer.from(pending.subarray(at + 1));
      return JSON.parse(line);
    }
    const chunk = Buffer.alloc(65_536);
    const count = readSync(REQUESTS, chunk);
    if (count === 0) return undefined;
    pending = Buffer.concat([pending, chunk.subarray(0, count)]);
  }
}
