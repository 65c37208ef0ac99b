// Keeps one vitest open and runs chosen test files again and again: JSON lines in, JSON lines out, results in the report.
import { readFileSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const reportPath = process.env.SWEMINT_REPORT;
const root = process.env.SWEMINT_ROOT ?? process.cwd();
const TICK_MS = 10;
const LOOK_EVERY_MS = 100;

const answer = (message) => writeSync(1, `${JSON.stringify(message)}\n`);
// What configurations and plug-ins print must not look like an answer.
process.stdout.write = (chunk, ...rest) => process.stderr.write(chunk, ...rest);

// It takes its variables when it is loaded, and removes them.
const { default: Reporter } = await import('./vitest.mjs');
const { begin } = createRequire(import.meta.url)('./report.cjs');
let reporter;

/** Hands every call to the reporter of the present run. */
const relay = new Proxy(
  {},
  {
    get: (_, name) =>
      typeof Reporter.prototype[name] === 'function'
        ? (...args) => reporter?.[name](...args)
        : undefined,
  },
);

const vitest = await open(process.argv.slice(2));
answer({ type: 'ready', version: vitest.version, cpuMs: cpuOfTree() });

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.type === 'quit') break;
  answer(await run(request));
}
await vitest.close();
process.exit(0);

async function open(args) {
  const found = createRequire(join(process.cwd(), 'package.json')).resolve('vitest/node');
  const { createVitest, parseCLI } = await import(pathToFileURL(found).href);
  const { options } = parseCLI(['vitest', 'run', ...args]);
  const opened = await createVitest(
    'test',
    {
      ...options,
      watch: false,
      run: true,
      reporters: [relay],
      coverage: { enabled: false },
      fileParallelism: false,
      bail: 0,
      sequence: { seed: 24 },
      api: false,
    },
    { server: { watch: null } },
  );
  await (opened.standalone ?? opened.init).call(opened);
  return opened;
}

/** `changed` are the files that differ from the last run. */
async function run({ id, files, changed, cpuMs: limit }) {
  for (const path of changed) vitest.invalidateFile(resolve(root, path));
  begin();
  writeFileSync(reportPath, '');
  reporter = new Reporter();
  reporter.onInit(vitest);
  vitest.state.filesMap?.clear();
  vitest.state.errorsSet?.clear();
  process.exitCode = 0;
  const [startedAt, before] = [performance.now(), cpuOfTree()];
  let watch;
  const tooLong = new Promise((done) => {
    watch = setInterval(() => {
      if (limit !== null && cpuOfTree() - before > limit) done('timed-out');
    }, LOOK_EVERY_MS);
  });
  const outcome = await Promise.race([runFiles(files), tooLong]);
  clearInterval(watch);
  const wallMs = performance.now() - startedAt;
  return { type: 'end', id, ...outcomeOf(outcome), wallMs, cpuMs: cpuOfTree() - before };
}

function outcomeOf(outcome) {
  return typeof outcome === 'string' ? { outcome } : outcome;
}

async function runFiles(files) {
  try {
    const wanted = files.map((file) => resolve(root, file));
    const found = await vitest.globTestSpecifications(wanted);
    const chosen = found.filter(({ moduleId }) => wanted.includes(moduleId));
    await vitest.runTestSpecifications(chosen, false);
    return { outcome: 'completed', found: new Set(chosen.map(({ moduleId }) => moduleId)).size };
  } catch (error) {
    return { outcome: 'broken', message: String(error?.stack ?? error) };
  }
}

/** Processor time of this process and of all that it started, in milliseconds. */
function cpuOfTree() {
  const processes = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
      processes.set(Number(name), { parent: Number(fields[1]), ticks });
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (pid) => {
    for (let at = pid; at !== undefined; at = processes.get(at)?.parent) {
      if (at === process.pid) return true;
    }
    return false;
  };
  let ticks = 0;
  for (const [pid, found] of processes) if (isOurs(pid)) ticks += found.ticks;
  return ticks * TICK_MS;
}
