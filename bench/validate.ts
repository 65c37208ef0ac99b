// Compares both ways of judging in one run: a screen and its confirmations against whole fresh runs.
//
//   node bench/validate.ts [--candidates 30] [--minutes 10] [--out FOLDER] [--document docs/speed.md] [source …]
//
// For every candidate the whole suite runs once in a fresh process and a clean tree (the leanest form
// of the usual protocol), and `judgeFast` judges it as `swemint scale` does. Times are CPU of the
// whole process tree. Each candidate is one line of FOLDER/<repository>/rows.jsonl: started again, the
// program continues where it was, and it leaves a repository after `--minutes`; 0 only renders.
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scaleConfig } from '../src/config/schema.ts';
import { errorMessage } from '../src/core/errors.ts';
import type { Candidate, SuiteRun, Verdict } from '../src/core/schema/index.ts';
import { noModel } from '../src/kit.ts';
import { generateStage } from '../src/pipelines/scale/candidates.ts';
import { prepareEnvironment } from '../src/pipelines/scale/environment.ts';
import { openCourt } from '../src/pipelines/scale/judge.ts';
import { prepareRepository } from '../src/pipelines/scale/repository.ts';
import { parseSource } from '../src/repo/parse-source.ts';
import { sandboxes } from '../src/sandbox/registry.ts';
import { openRun } from '../src/store/run-folder.ts';
import { readTexts, runOnce } from '../src/validation/full.ts';
import { findHangingTest } from '../src/validation/hang.ts';
import { compareWithBaseline } from '../src/validation/labels.ts';
import { median, renderSpeed } from './speed-document.ts';
import type { RepositorySpeed } from './speed-document.ts';

// Of many kinds: asynchronous, threads, subprocesses, doctests, parameters, fixtures of sessions,
// hypothesis, Django, C extensions, temporary and changed folders; short and long suites.
const defaults = [
  'pypi:click==8.1.8',
  'pypi:boltons==25.0.0',
  'pypi:jinja2==3.1.6',
  'pypi:tinydb==4.8.2',
  'pypi:marshmallow==3.26.1',
  'pypi:tenacity==9.0.0',
  'pypi:sqlparse==0.5.3',
  'pypi:markupsafe==3.0.2',
  'pypi:itsdangerous==2.2.0',
  'pypi:h11==0.14.0',
  'pypi:attrs==25.1.0',
  'pypi:python-dotenv==1.1.1',
  'pypi:pyrsistent==0.20.0',
  'pypi:cachetools==6.2.0',
  'pypi:werkzeug==3.1.3',
  'pypi:packaging==25.0',
  'pypi:more-itertools==10.8.0',
  'pypi:django-environ==0.12.0',
  'pypi:python-dateutil==2.9.0',
  'npm:light-my-request@6.6.0',
  // At least twenty test files each.
  'npm:find-my-way@9.3.0',
  'npm:avvio@9.3.1',
  'npm:fast-json-stringify@7.3.6',
  'npm:@fastify/reply-from@12.6.5',
  'npm:fastify@5.12.8',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    candidates: { type: 'string', default: '30' },
    minutes: { type: 'string', default: '60' },
    out: { type: 'string', default: 'swemint-runs/bench-validate' },
    document: { type: 'string' },
  },
});
const never = new AbortController().signal;

const measured: RepositorySpeed[] = [];
for (const source of positionals.length > 0 ? positionals : defaults) {
  process.stderr.write(`${source}\n`);
  try {
    measured.push(await measureOnce(source));
  } catch (error) {
    process.stderr.write(`  left out: ${errorMessage(error).split('\n')[0]}\n`);
  }
}
const document = renderSpeed(measured, Number(values.candidates));
if (values.document === undefined) console.log(document);
else await writeFile(values.document, document);

async function measureOnce(source: string): Promise<RepositorySpeed> {
  const folder = join(values.out, source.replaceAll(/[^\w.-]+/g, '-'));
  await mkdir(folder, { recursive: true });
  const ledger = join(folder, 'rows.jsonl');
  const rows = await readRows(ledger);
  const enough = rows.length >= Number(values.candidates) || Number(values.minutes) === 0;
  if (!enough) await measure(source, folder, rows);
  return summarise(source, await readSetting(folder), await readRows(ledger));
}

async function readRows(ledger: string): Promise<Row[]> {
  const text = await readFile(ledger, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

async function readSetting(folder: string): Promise<Setting> {
  return JSON.parse(await readFile(join(folder, 'about.json'), 'utf8')) as Setting;
}

interface Setting {
  tests: number;
  screened: boolean;
  recordingSeconds: number;
}

async function measure(source: string, folder: string, done: readonly Row[]): Promise<void> {
  const config = scaleConfig.parse({ maxCandidates: Number(values.candidates), mode: 'fast' });
  await using run = await openRun(folder, values.candidates);
  const kit = {
    sandbox: await sandboxes.load('local'),
    store: run.store,
    emit: () => {},
    signal: never,
    stopping: never,
    model: noModel,
  };
  const prepared = await prepareRepository(kit, run.paths, 0, parseSource(source));
  const environment = await prepareEnvironment(kit, config, prepared);
  await generateStage(kit, config, prepared, environment);
  const recordingSince = performance.now();
  const court = await openCourt(kit, config, prepared, environment);
  if (done.length === 0) {
    const setting: Setting = {
      tests: environment.baseline.tests.length,
      screened: court.fast,
      recordingSeconds: (performance.now() - recordingSince) / 1000,
    };
    await writeFile(join(folder, 'about.json'), JSON.stringify(setting));
  }
  let screen: (Seen & { testsMs: number | undefined }) | undefined;
  await using judge = await court.open((_, screened, labels) => {
    screen = {
      failing: labels?.failToPass.map(({ id }) => id) ?? [],
      hub: screened.stoppedAsHub,
      hung: screened.run?.outcome === 'timed-out',
      testsMs: screened.testsCpuMs,
    };
  });
  await using sandbox = await court.openSandbox();
  const host = { sandbox, framework: court.framework, spec: environment.spec };

  const measuredBefore = new Set(done.map(({ id }) => id));
  const records = await Array.fromAsync(run.store.listCandidates(prepared.repository.id));
  // Not in order of files: a run that is cut has seen all kinds.
  const order = records.toSorted((one, other) => (one.candidate.id < other.candidate.id ? -1 : 1));
  const until = performance.now() + Number(values.minutes) * 60_000;
  for (const [index, { candidate }] of order.entries()) {
    if (measuredBefore.has(candidate.id)) continue;
    if (performance.now() > until) break;
    const texts = await readTexts(host, candidate);
    if (texts === undefined) throw new Error(`${candidate.id} does not apply`);
    const full = await runOnce(host, candidate, texts.buggy, court.options);
    const seen = (run: SuiteRun): Seen => ({
      failing: compareWithBaseline(environment.baseline, run).failToPass.map(({ id }) => id),
      hub: false,
      hung: run.outcome === 'timed-out' || findHangingTest(environment.baseline, run) !== undefined,
    });
    screen = undefined;
    const verdict = await judge.judge(candidate);
    const truth = { ...seen(full), cpuMs: full.cpuMs ?? full.wallMs };
    const row = compare(candidate, verdict, screen, truth);
    const wrong = row.difference !== undefined || typeof row.screenDifference === 'string';
    const looks = wrong ? 8 : 0;
    for (let again = 0; again < looks && !row.unstable; again += 1) {
      const other = seen(await runOnce(host, candidate, texts.buggy, court.options));
      row.unstable = !sameSight(truth, other);
    }
    await appendFile(join(folder, 'rows.jsonl'), `${JSON.stringify(row)}\n`);
    process.stderr.write(
      `  ${index + 1}/${order.length} ${row.level} ${row.fullMs.toFixed(0)} → ${row.screenMs.toFixed(0)} ms ${renderParts(row.parts)}${row.difference === undefined ? '' : `  ${row.difference}`}${typeof row.screenDifference !== 'string' ? '' : `  [screen: ${row.screenDifference}]`}\n`,
    );
  }
}

/** Which tests a look at a candidate saw failing, and whether it was cut. */
interface Seen {
  failing: string[];
  hub: boolean;
  hung: boolean;
}

/** Whether two full runs saw the same. */
function sameSight(one: Seen, other: Seen): boolean {
  return (
    one.hung === other.hung &&
    (one.hung || one.failing.toSorted().join('\n') === other.failing.toSorted().join('\n'))
  );
}

interface Row {
  id: string;
  level: string;
  kept: boolean;
  fullMs: number;
  screenMs: number;
  /** The part of it inside tests, where the runner can tell. */
  testsMs?: number | undefined;
  pipelineMs: number;
  /** CPU of every run by purpose and level, e.g. `repeat coverage`. */
  parts: Record<string, number>;
  /** What the verdict got wrong, if anything. */
  difference: string | undefined;
  /** What the screen got wrong before any confirmation; null when it made no claim. */
  screenDifference: string | undefined | null;
  /** A difference was found, and further full runs differ from the first one as well. */
  unstable: boolean;
}

function compare(
  candidate: Candidate,
  verdict: Verdict,
  screen: (Seen & { testsMs: number | undefined }) | undefined,
  full: Seen & { cpuMs: number },
): Row {
  const cpu = verdict.runs.map((run) => run.cpuMs ?? run.wallMs);
  const level = verdict.runs[0]?.level ?? 'free';
  const parts: Record<string, number> = {};
  for (const run of verdict.runs) {
    const part = `${run.purpose} ${run.level}`;
    parts[part] = (parts[part] ?? 0) + (run.cpuMs ?? run.wallMs);
  }
  return {
    id: candidate.id,
    level,
    kept: verdict.status === 'kept',
    fullMs: full.cpuMs,
    screenMs: level === 'full' ? full.cpuMs : (cpu[0] ?? 0),
    testsMs: screen?.testsMs,
    pipelineMs: cpu.reduce((sum, one) => sum + one, 0),
    parts,
    difference: differ(candidate, verdict, full),
    screenDifference: screen === undefined ? null : differAtFirst(candidate, screen, full),
    unstable: false,
  };
}

/** A screen that stops early claims that much fails, or that something hangs; else it names all tests. */
function differAtFirst({ id, mutator }: Candidate, screen: Seen, full: Seen): string | undefined {
  const same = screen.hung
    ? full.hung
    : screen.hub
      ? full.hung || full.failing.length >= screen.failing.length
      : !full.hung && screen.failing.toSorted().join('\n') === full.failing.toSorted().join('\n');
  if (same) return undefined;
  const tell = ({ hung, failing }: Seen): string =>
    hung ? 'a hang' : `${failing.length} failing tests`;
  return `${mutator} ${id.slice(0, 8)}: ${tell(screen)}, a full run has ${tell(full)}`;
}

function renderParts(parts: Row['parts']): string {
  return Object.entries(parts)
    .map(([part, ms]) => `${part} ${ms.toFixed(0)}`)
    .join(', ');
}

function differ({ id, mutator }: Candidate, verdict: Verdict, full: Seen): string | undefined {
  const name = `${mutator} ${id.slice(0, 8)}`;
  if (verdict.status === 'kept') {
    const kept = verdict.failToPass.map((test) => test.id).toSorted();
    const same = JSON.stringify(kept) === JSON.stringify(full.failing.toSorted());
    return same
      ? undefined
      : `${name}: kept with ${kept.length} failing tests, a full run has ${full.failing.length}`;
  }
  const breaks = full.failing.length > 0;
  const { reason } = verdict;
  if (reason === 'uncovered' || reason === 'no-test-fails') {
    return breaks ? `${name}: ${reason}, a full run fails ${full.failing.length}` : undefined;
  }
  if (reason === 'hang') return full.hung ? undefined : `${name}: hang, a full run ends`;
  return breaks || full.hung ? undefined : `${name}: ${reason}, a full run fails nothing`;
}

function summarise(source: string, setting: Setting, rows: readonly Row[]): RepositorySpeed {
  const mean = (pick: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  const levels: Record<string, number> = {};
  const parts: Record<string, number> = {};
  for (const row of rows) {
    levels[row.level] = (levels[row.level] ?? 0) + 1;
    for (const [part, ms] of Object.entries(row.parts)) {
      parts[part] = (parts[part] ?? 0) + ms / rows.length;
    }
  }
  const swaps = rows.filter(({ level }) => level === 'swap');
  const beyond = swaps.flatMap(({ screenMs, testsMs }) =>
    testsMs === undefined ? [] : [screenMs - testsMs],
  );
  const stable = rows.filter(({ unstable }) => !unstable);
  return {
    source,
    ...setting,
    candidates: rows.length,
    unstable: rows.length - stable.length,
    kept: stable.filter(({ kept }) => kept).length,
    fullMs: mean((row) => row.fullMs),
    screenMeanMs: mean((row) => row.screenMs),
    screenMedianMs: median(rows.map((row) => row.screenMs)),
    pipelineMs: mean((row) => row.pipelineMs),
    gainMedian: median(rows.map((row) => row.fullMs / Math.max(row.screenMs, 1))),
    swapMedianMs: swaps.length === 0 ? null : median(swaps.map((row) => row.screenMs)),
    swapOverheadsMs: beyond,
    levels,
    parts,
    differences: stable.flatMap(({ difference }) => difference ?? []),
    screenClaims: stable.filter(({ screenDifference }) => screenDifference !== null).length,
    screenDifferences: stable.flatMap(({ screenDifference }) => screenDifference ?? []),
  };
}
