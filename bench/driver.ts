// Measures what the driver costs beside the tests it runs: CPU in mode `full`, memory at 100,000 candidates.
//
//   node bench/driver.ts [source] [candidates]        default: pypi:click==8.1.8, 20
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scaleConfig } from '../src/config/schema.ts';
import type { Candidate, Verdict } from '../src/core/schema/index.ts';
import { writeDataset } from '../src/export/dataset.ts';
import { noModel } from '../src/kit.ts';
import { scale } from '../src/pipelines/scale/index.ts';
import { summariseRun } from '../src/pipelines/scale/summary.ts';
import { parseSource } from '../src/repo/parse-source.ts';
import { sandboxes } from '../src/sandbox/registry.ts';
import { openRun } from '../src/store/run-folder.ts';
import { sampleCandidate, sampleKept } from '../src/testing/sample-task.ts';

const [source = 'pypi:click==8.1.8', count = '20'] = process.argv.slice(2);
const never = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), 'swemint-bench-driver-'));

try {
  await measureOverhead();
  await measureMemory();
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** One run in mode `full`: this process is the driver, the ledger says what its tests used. */
async function measureOverhead(): Promise<void> {
  const config = scaleConfig.parse({ mode: 'full', maxCandidates: Number(count) });
  await using run = await openRun(join(folder, 'full'), '');
  let judgingSince: NodeJS.CpuUsage | undefined;
  const kit = {
    sandbox: await sandboxes.load('local'),
    store: run.store,
    model: noModel,
    signal: never,
    stopping: never,
    emit: (event: { type: string; stage?: string }) => {
      if (event.type === 'stage-start' && event.stage === 'validation')
        judgingSince = process.cpuUsage();
    },
  };
  process.stderr.write(`minting ${count} candidates of ${source} in mode full …\n`);
  await scale(kit, run.paths, config, [parseSource(source)]);
  const driver = process.cpuUsage(judgingSince);
  const report = await summariseRun(run);
  const tests = report.cost.cpuSeconds;
  const own = (driver.user + driver.system) / 1e6;
  console.log(`driver's CPU while judging   ${own.toFixed(2)} s`);
  console.log(
    `tests' CPU                   ${tests === null ? 'not measurable here' : `${tests.toFixed(2)} s`}`,
  );
  if (tests !== null)
    console.log(
      `overhead                     ${((100 * own) / tests).toFixed(1)} % (goal: at most 5 %)`,
    );
}

/** 100,000 candidates and verdicts through the ledger and out as a data set. */
async function measureMemory(): Promise<void> {
  const total = 100_000;
  process.stderr.write(`writing and reading ${total} candidates …\n`);
  await using run = await openRun(join(folder, 'many'), '');
  const started = process.memoryUsage.rss();
  let peak = started;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  function* candidates(): Generator<Candidate> {
    for (let index = 0; index < total; index += 1)
      yield sampleCandidate({ id: `candidate-${index}` });
  }
  const repositoryId = 'bench.00000000';
  await run.store.writeCandidates(repositoryId, candidates(), () => ({
    entities: total,
    duplicates: 0,
    skippedFiles: {},
    cpuMs: 0,
  }));
  for (let after = -1; ;) {
    const page = await run.store.listUnjudged(repositoryId, after, 64);
    if (page.length === 0) break;
    for (const { candidate } of page) {
      const verdict: Verdict = { ...sampleKept(), candidateId: candidate.id };
      await run.store.writeVerdict(repositoryId, verdict);
    }
    after = page.at(-1)?.sequence ?? after;
    await new Promise(setImmediate);
  }
  await writeDataset(run, scaleConfig.parse({}), () => {});
  clearInterval(timer);
  console.log(
    `memory at ${total} candidates  ${Math.round(peak / 2 ** 20)} MiB (goal: below 300 MiB)`,
  );
}
