// Compares both ways of judging in one run: a screen and its confirmations against whole fresh runs.
//
//   node bench/validate.ts [--candidates 30] [--out FOLDER] [--document docs/speed.md] [source …]
//
// For every candidate the whole suite runs once in a fresh process and a clean tree (the leanest form
// of the usual protocol), and `judgeFast` judges it as `swemint scale` does. Times are CPU of the
// whole process tree. A repository whose figures are in FOLDER already is not measured again.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scaleConfig } from '../src/config/schema.ts';
import { errorMessage } from '../src/core/errors.ts';
import type { Candidate, Verdict } from '../src/core/schema/index.ts';
import { noModel } from '../src/kit.ts';
import { generateStage } from '../src/pipelines/scale/candidates.ts';
import { prepareEnvironment } from '../src/pipelines/scale/environment.ts';
import { openCourt } from '../src/pipelines/scale/judge.ts';
import { prepareRepository } from '../src/pipelines/scale/repository.ts';
import { parseSource } from '../src/repo/parse-source.ts';
import { sandboxes } from '../src/sandbox/registry.ts';
import { openRun } from '../src/store/run-folder.ts';
import { readTexts, runOnce } from '../src/validation/full.ts';
import { compareWithBaseline } from '../src/validation/labels.ts';
import { median, renderSpeed } from './speed-document.ts';
import type { RepositorySpeed } from './speed-document.ts';

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
  'pypi:asgiref==3.8.1',
  'pypi:python-slugify==8.0.4',
  'npm:light-my-request@6.6.0',
  'npm:find-my-way@9.3.0',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    candidates: { type: 'string', default: '30' },
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
  const file = join(folder, 'speed.json');
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  if (stored !== undefined) return JSON.parse(stored) as RepositorySpeed;
  const figures = await measure(source, folder);
  await writeFile(file, JSON.stringify(figures));
  return figures;
}

async function measure(source: string, folder: string): Promise<RepositorySpeed> {
  const config = scaleConfig.parse({ maxCandidates: Number(values.candidates), mode: 'fast' });
  await using run = await openRun(folder, '');
  const kit = {
    sandbox: await sandboxes.load('local'),
    store: run.store,
    model: noModel,
    emit: () => {},
    signal: never,
    stopping: never,
  };
  const prepared = await prepareRepository(kit, run.paths, 0, parseSource(source));
  const environment = await prepareEnvironment(kit, config, prepared);
  await generateStage(kit, config, prepared, environment);
  const recordingSince = performance.now();
  const court = await openCourt(kit, config, prepared, environment);
  const recordingSeconds = (performance.now() - recordingSince) / 1000;
  await using judge = await court.open();
  await using sandbox = await court.openSandbox();
  const host = { sandbox, framework: court.framework, spec: environment.spec };

  const rows: Row[] = [];
  const records = await Array.fromAsync(run.store.listCandidates(prepared.repository.id));
  for (const { candidate } of records) {
    const texts = await readTexts(host, candidate);
    if (texts === undefined) throw new Error(`${candidate.id} does not apply`);
    const full = await runOnce(host, candidate, texts.buggy, court.options);
    const labels = compareWithBaseline(environment.baseline, full);
    const verdict = await judge.judge(candidate);
    const row = compare(candidate, verdict, {
      failing: labels.failToPass.map(({ id }) => id),
      hung: full.outcome === 'timed-out',
      cpuMs: full.cpuMs ?? full.wallMs,
    });
    rows.push(row);
    process.stderr.write(
      `  ${rows.length}/${records.length} ${row.level} ${row.fullMs.toFixed(0)} → ${row.screenMs.toFixed(0)} ms ${renderParts(row.parts)}${row.difference === undefined ? '' : `  ${row.difference}`}\n`,
    );
  }
  return summarise(source, environment.baseline.tests.length, rows, recordingSeconds, court.fast);
}

interface Row {
  level: string;
  kept: boolean;
  fullMs: number;
  screenMs: number;
  pipelineMs: number;
  /** CPU of every run by purpose and level, e.g. `repeat coverage`. */
  parts: Record<string, number>;
  /** What the screen or the verdict got wrong, if anything. */
  difference: string | undefined;
}

function compare(
  candidate: Candidate,
  verdict: Verdict,
  full: { failing: string[]; hung: boolean; cpuMs: number },
): Row {
  const cpu = verdict.runs.map((run) => run.cpuMs ?? run.wallMs);
  const level = verdict.runs[0]?.level ?? 'free';
  const parts: Record<string, number> = {};
  for (const run of verdict.runs) {
    const part = `${run.purpose} ${run.level}`;
    parts[part] = (parts[part] ?? 0) + (run.cpuMs ?? run.wallMs);
  }
  return {
    level,
    kept: verdict.status === 'kept',
    fullMs: full.cpuMs,
    screenMs: level === 'full' ? full.cpuMs : (cpu[0] ?? 0),
    pipelineMs: cpu.reduce((sum, one) => sum + one, 0),
    parts,
    difference: differ(candidate, verdict, full),
  };
}

function renderParts(parts: Row['parts']): string {
  return Object.entries(parts)
    .map(([part, ms]) => `${part} ${ms.toFixed(0)}`)
    .join(', ');
}

function differ(
  { id, mutator }: Candidate,
  verdict: Verdict,
  full: { failing: string[]; hung: boolean },
): string | undefined {
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

function summarise(
  source: string,
  tests: number,
  rows: readonly Row[],
  recordingSeconds: number,
  screened: boolean,
): RepositorySpeed {
  const total = (pick: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + pick(row), 0);
  const levels: Record<string, number> = {};
  for (const { level } of rows) levels[level] = (levels[level] ?? 0) + 1;
  return {
    source,
    tests,
    screened,
    candidates: rows.length,
    kept: rows.filter(({ kept }) => kept).length,
    fullMs: total((row) => row.fullMs) / rows.length,
    screenMeanMs: total((row) => row.screenMs) / rows.length,
    screenMedianMs: median(rows.map((row) => row.screenMs)),
    pipelineMs: total((row) => row.pipelineMs) / rows.length,
    gainMedian: median(rows.map((row) => row.fullMs / Math.max(row.screenMs, 1))),
    levels,
    recordingSeconds,
    differences: rows.flatMap(({ difference }) => (difference === undefined ? [] : [difference])),
  };
}
