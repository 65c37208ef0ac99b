// Learns once per environment what each JavaScript test file executes, and whether it can be run alone.
import type { Limits } from '../../core/sandbox.ts';
import type {
  Baseline,
  JavascriptRecording,
  RecordedTestFile,
  SuiteRun,
} from '../../core/schema/index.ts';
import { runSuite } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';
import { runRecorded } from './collect.ts';
import type { Collected } from './collect.ts';
import { compileForkAddon } from './fork-addon.ts';
import { canFork, ForkServer } from './fork-server.ts';
import type { ForkSettings } from './fork-server.ts';
import { WarmVitest } from './warm-vitest.ts';
import { groupInOneProcess } from './grouping.ts';
import { startsProcessPerFile, sharesProcess } from './process-model.ts';

export interface RecordOptions extends SuiteHost {
  baseline: Baseline;
  limits: Limits;
  signal: AbortSignal;
  /** Called after each test file. */
  onFile?: (done: number, total: number) => void;
}

/**
 * Runs every test file alone, each in a fresh process, with V8's precise coverage. Where the
 * framework does that by itself, one run of the suite is enough.
 */
export async function recordJavascript(options: RecordOptions): Promise<JavascriptRecording> {
  const { framework, spec, baseline } = options;
  const names = [...new Set(baseline.tests.map(({ file }) => file))].filter(isFile).toSorted();
  const loaded = new Loaded();
  const files = startsProcessPerFile(spec.test)
    ? await recordTogether(options, names, loaded)
    : await addOrder(options, await recordAlone(options, names, loaded));
  const grouped = await findGroup(options, files);
  const warm = framework.name === 'vitest' ? await findWarm(options, files) : null;
  const forked = await findForks(options, files, grouped?.files ?? [], loaded);
  await options.sandbox.restore();
  const costs = files.map(({ cpuMs }) => cpuMs);
  return {
    version: 1,
    framework: framework.name,
    files,
    sharesProcess: sharesProcess(spec.test),
    grouped,
    warm,
    forked,
    cpuMs: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
  };
}

/** Everything that test files load and that is not the repository's own. */
class Loaded {
  readonly #builtins = new Set<string>();
  readonly #dependencies = new Map<string, boolean>();

  add(notes: Collected | undefined): void {
    for (const name of notes?.builtins ?? []) this.#builtins.add(name);
    for (const path of notes?.required ?? []) this.#dependencies.set(path, false);
    for (const path of notes?.imported ?? []) {
      if (!this.#dependencies.has(path)) this.#dependencies.set(path, true);
    }
  }

  get builtins(): string[] {
    return [...this.#builtins];
  }

  /** Programs would run. */
  get dependencies(): ForkSettings['dependencies'] {
    return [...this.#dependencies]
      .filter(([path]) => !path.includes('/bin/'))
      .map(([path, module]) => ({ path, module }));
  }
}

const isFile = (file: string): boolean => file !== '' && file !== '.';

async function recordTogether(
  options: RecordOptions,
  names: readonly string[],
  loaded: Loaded,
): Promise<RecordedTestFile[]> {
  const { run, notes } = await runRecorded(options, {
    limits: options.limits,
    signal: options.signal,
  });
  if (run.outcome !== 'completed') return recordAlone(options, names, loaded);
  const order = new Map(run.results.map(({ file }, index) => [file, index] as const).toReversed());
  const share = names.length === 0 ? 0 : 1 / names.length;
  const files: RecordedTestFile[] = [];
  for (const file of names.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))) {
    loaded.add(notes.get(file));
    const recorded = {
      ...describe(file, notes.get(file)),
      wallMs: run.wallMs * share,
      cpuMs: run.cpuMs === null ? null : run.cpuMs * share,
    };
    files.push(
      differsFromBaseline(options.baseline, run, file) === undefined
        ? recorded
        : await checkAlone(options, recorded),
    );
    options.onFile?.(files.length, names.length);
  }
  return files;
}

async function recordAlone(
  options: RecordOptions,
  names: readonly string[],
  loaded: Loaded,
): Promise<RecordedTestFile[]> {
  const files: RecordedTestFile[] = [];
  for (const file of names) {
    const { run, notes } = await runRecorded(options, {
      selection: { files: [file] },
      owner: file,
      limits: options.limits,
      signal: options.signal,
    });
    loaded.add(notes.get(file));
    const recorded = {
      ...describe(file, notes.get(file)),
      wallMs: run.wallMs,
      cpuMs: run.cpuMs,
    };
    files.push(
      differsFromBaseline(options.baseline, run, file) === undefined
        ? recorded
        : await checkAlone(options, recorded),
    );
    options.onFile?.(files.length, names.length);
  }
  return files;
}

/** Files that share a process can bring each other to code that neither reaches alone. */
async function addOrder(
  options: RecordOptions,
  files: readonly RecordedTestFile[],
): Promise<RecordedTestFile[]> {
  if (!sharesProcess(options.spec.test)) return [...files];
  const { limits, signal } = options;
  const { run, notes } = await runRecorded(options, { inOrder: true, limits, signal });
  const order = new Map(run.results.map(({ file }, index) => [file, index] as const).toReversed());
  return files
    .map((testFile) => {
      const inOrder = notes.get(testFile.file)?.modules;
      return inOrder === undefined ? testFile : { ...testFile, inOrder };
    })
    .toSorted((a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0));
}

const ATTEMPTS = 3;

/**
 * A difference may come from the recording, or from a clock on a busy machine: looks again, alone,
 * while recorded and without it.
 */
async function checkAlone(
  options: RecordOptions,
  recorded: RecordedTestFile,
): Promise<RecordedTestFile> {
  const { file } = recorded;
  const { baseline, limits, signal } = options;
  const request = { selection: { files: [file] }, limits, signal };
  let difference: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { run, notes } = await runRecorded(options, { ...request, owner: file });
    if (differsFromBaseline(baseline, run, file) === undefined) {
      return { ...recorded, ...describe(file, notes.get(file)), ...costOf(run) };
    }
    await options.sandbox.restore();
    const plain = await runSuite(options, request);
    difference = differsFromBaseline(baseline, plain, file);
    if (difference === undefined) {
      const opaque = recorded.opaque ?? 'it behaves differently while it is recorded';
      return { ...recorded, opaque };
    }
  }
  return { ...recorded, dependent: difference ?? '' };
}

const costOf = ({ wallMs, cpuMs }: SuiteRun) => ({ wallMs, cpuMs });

/** Files that a single process runs with the results of the baseline. */
async function findGroup(
  options: RecordOptions,
  files: readonly RecordedTestFile[],
): Promise<JavascriptRecording['grouped']> {
  const host = groupInOneProcess(options);
  if (host === undefined) return null;
  await options.sandbox.restore();
  const run = await runSuite(host, { limits: options.limits, signal: options.signal });
  if (run.outcome !== 'completed') return null;
  const fit = files
    .filter(({ dependent, opaque }) => dependent === null && opaque === null)
    .map(({ file }) => file)
    .filter((file) => differsFromBaseline(options.baseline, run, file) === undefined);
  return fit.length === 0 ? null : { files: fit, cpuMs: run.cpuMs };
}

/** Files for which a program kept open gives the results of the baseline, and gives them again. */
async function findWarm(
  options: RecordOptions,
  files: readonly RecordedTestFile[],
): Promise<JavascriptRecording['warm']> {
  await using vitest = new WarmVitest(options);
  let fit = files.filter(({ dependent }) => dependent === null).map(({ file }) => file);
  let cpuMs = 0;
  for (let round = 0; round < 2; round += 1) {
    if (fit.length === 0) return null;
    const { limits, signal } = options;
    const request = { files: fit, changed: [], originals: [], hubLimit: undefined, limits, signal };
    const result = await vitest.run(request);
    if (result?.run.outcome !== 'completed') return null;
    const { run } = result;
    fit = fit.filter((file) => differsFromBaseline(options.baseline, run, file) === undefined);
    cpuMs = run.cpuMs ?? 0;
  }
  return fit.length === 0 ? null : { files: fit, cpuMs };
}

/** Files that a fork of a process with all dependencies in it runs with the results of the baseline. */
async function findForks(
  options: RecordOptions,
  files: readonly RecordedTestFile[],
  grouped: readonly string[],
  loaded: Loaded,
): Promise<JavascriptRecording['forked']> {
  if (!canFork(options, options.spec)) return null;
  const addon = await compileForkAddon(options.signal);
  if (addon === undefined) return null;
  const { builtins } = loaded;
  let { dependencies } = loaded;
  for (let start = 0; start < 3; start += 1) {
    const settings = { addon, builtins, dependencies };
    await using server = new ForkServer(options, settings);
    const refused = await server.open(options.signal);
    if (refused === undefined) return null;
    if (refused.length === 0) {
      return await checkForks(options, files, grouped, server, settings);
    }
    dependencies = dependencies.filter(({ path }) => !refused.includes(path));
  }
  return null;
}

async function checkForks(
  options: RecordOptions,
  files: readonly RecordedTestFile[],
  grouped: readonly string[],
  server: ForkServer,
  settings: ForkSettings,
): Promise<JavascriptRecording['forked']> {
  const { baseline, limits, signal } = options;
  const wallMs = limits.timeoutMs ?? Math.max(60_000, 10 * baseline.wallMs);
  const look = async (chosen: readonly string[]): Promise<SuiteRun | undefined> => {
    const result = await server.run({
      files: chosen,
      failures: undefined,
      cpuMs: null,
      wallMs,
      signal,
    });
    await server.revert([]);
    return result?.run.outcome === 'completed' && server.isOpen ? result.run : undefined;
  };
  const isSame = (run: SuiteRun, file: string): boolean =>
    differsFromBaseline(baseline, run, file) === undefined;
  const each = startsProcessPerFile(options.spec.test);
  let fit = files.filter(({ dependent }) => dependent === null).map(({ file }) => file);
  const together = each ? grouped : fit;
  let cpuMs = 0;
  for (let round = 0; round < 2 && together.length > 0; round += 1) {
    const run = await look(together);
    if (run === undefined) return null;
    cpuMs = run.cpuMs ?? 0;
    fit = fit.filter((file) => !together.includes(file) || isSame(run, file));
  }
  const costs: { file: string; cpuMs: number }[] = [];
  for (const file of fit) {
    if (!each) {
      costs.push({ file, cpuMs: cpuMs / together.length });
      continue;
    }
    const run = await look([file]);
    if (run !== undefined && isSame(run, file)) costs.push({ file, cpuMs: run.cpuMs ?? 0 });
    if (!server.isOpen && !(await server.change([], signal))) return null;
  }
  return costs.length === 0 ? null : { ...settings, each, files: costs, cpuMs };
}

function describe(file: string, notes: Collected | undefined): RecordedTestFile {
  return {
    file,
    wallMs: 0,
    cpuMs: null,
    modules: withoutParts(notes),
    reads: notes?.reads ?? [],
    opaque: findOpaque(notes),
    dependent: null,
  };
}

/** Code that reads the text of functions sees changes that it never executes. */
function withoutParts(notes: Collected | undefined): RecordedTestFile['modules'] {
  if (notes === undefined) return {};
  if (!notes.functionText) return notes.modules;
  return Object.fromEntries(
    Object.entries(notes.modules).map(([path, module]) => [path, { ...module, ran: null }]),
  );
}

function findOpaque(notes: Collected | undefined): string | null {
  if (notes === undefined) return 'nothing was recorded of it';
  const [program] = notes.foreign;
  if (program !== undefined) return `it starts ${program}`;
  const [problem] = notes.problems;
  if (problem !== undefined) return `its recording failed: ${problem}`;
  if (notes.ended < notes.started) return 'a process or thread of it was killed';
  if (notes.started < 1 + notes.programs + notes.workers) {
    return 'it starts a process that cannot be recorded';
  }
  return null;
}

/** One sentence on the first difference. Flaky tests say nothing, not even when their names vary. */
function differsFromBaseline(baseline: Baseline, run: SuiteRun, file: string): string | undefined {
  const results = new Map(
    run.results.filter((result) => result.file === file).map((result) => [result.id, result]),
  );
  let absent = 0;
  for (const test of baseline.tests) {
    if (test.file !== file) continue;
    const status = results.get(test.id)?.status;
    results.delete(test.id);
    if (test.status === 'flaky' && status === undefined) absent += 1;
    if (test.status === 'flaky' || status === test.status) continue;
    return `alone, ${test.id} is ${status ?? 'missing'} instead of ${test.status}`;
  }
  const [extra] = results.keys();
  return extra === undefined || results.size <= absent
    ? undefined
    : `alone, it has another test, ${extra}`;
}
