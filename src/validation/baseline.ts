// Learns what the unchanged suite does: which tests pass every time, and how long they take.
import type { Limits } from '../core/sandbox.ts';
import type { Baseline, BaselineTest, SuiteRun, TestResult } from '../core/schema/index.ts';
import { runSuite } from './suite.ts';
import type { SuiteHost } from './suite.ts';

export interface BaselineOptions {
  runs: number;
  limits: Limits;
  signal: AbortSignal;
  /** Called after each run. */
  onRun?: (done: number) => void;
}

/** An environment is ready when its suite is deterministic enough to label: parsable, with passing tests. */
export type BaselineResult =
  | { ready: true; baseline: Baseline; collectionErrors: string[] }
  | {
      ready: false;
      reason: 'no-tests' | 'collection-failed' | 'all-tests-fail' | 'timed-out' | 'suite-crashed';
      detail: string;
      outputTail: string;
    };

/** Runs the suite `runs` times, each from a clean tree in a fresh process, and merges the results. */
export async function measureBaseline(
  host: SuiteHost,
  options: BaselineOptions,
): Promise<BaselineResult> {
  const runs: SuiteRun[] = [];
  for (let index = 0; index < options.runs; index += 1) {
    await host.sandbox.restore();
    const run = await runSuite(host, { limits: options.limits, signal: options.signal });
    const failure = explainFailure(run, options.limits);
    if (failure !== undefined) return failure;
    runs.push(run);
    options.onRun?.(runs.length);
  }
  await host.sandbox.restore();
  return concludeBaseline(runs);
}

/** What whole runs of the same suite come to. */
export function concludeBaseline(runs: readonly SuiteRun[]): BaselineResult {
  const baseline = mergeRuns(runs);
  if (!baseline.tests.some((test) => test.status === 'passed')) {
    const [first] = runs.flatMap((run) => run.results).filter((test) => test.status === 'failed');
    return {
      ready: false,
      reason: 'all-tests-fail',
      detail: `None of the ${baseline.tests.length} tests passes every time`,
      outputTail: first?.message ?? runs[0]?.outputTail ?? '',
    };
  }
  const collectionErrors = new Set(
    runs.flatMap((run) => run.collectionErrors.map(({ file }) => file)),
  );
  return { ready: true, baseline, collectionErrors: [...collectionErrors].toSorted() };
}

/** Why a run says nothing about the suite; undefined when it does. */
export function explainFailure(
  run: SuiteRun,
  limits: Limits,
): Extract<BaselineResult, { ready: false }> | undefined {
  const outputTail = run.outputTail;
  if (run.outcome === 'timed-out') {
    const seconds = Math.round((limits.timeoutMs ?? run.wallMs) / 1000);
    return {
      ready: false,
      reason: 'timed-out',
      detail: `The unchanged suite did not end within ${seconds} s`,
      outputTail,
    };
  }
  if (run.results.length === 0) {
    const [error] = run.collectionErrors;
    if (error !== undefined) {
      return {
        ready: false,
        reason: 'collection-failed',
        detail: `The test suite cannot be loaded (${error.file})`,
        outputTail: error.message,
      };
    }
    return {
      ready: false,
      reason: 'no-tests',
      detail: 'The test run reported no tests',
      outputTail,
    };
  }
  if (run.outcome !== 'completed') {
    return {
      ready: false,
      reason: 'suite-crashed',
      detail: `The unchanged suite did not run to its end (${run.outcome}, exit code ${run.exitCode ?? 'none'})`,
      outputTail,
    };
  }
  return undefined;
}

/** A test whose status differs between runs, or that some run lacks, is flaky. */
export function mergeRuns(runs: readonly SuiteRun[]): Baseline {
  const seen = new Map<string, TestResult[]>();
  for (const run of runs) {
    for (const result of run.results) {
      const results = seen.get(result.id);
      if (results) results.push(result);
      else seen.set(result.id, [result]);
    }
  }
  const tests = [...seen.entries()]
    .map(([id, results]): BaselineTest => {
      const [first] = results;
      const stable =
        results.length === runs.length && results.every(({ status }) => status === first?.status);
      return {
        id,
        file: first?.file ?? '',
        status: stable && first ? first.status : 'flaky',
        durationMs: median(results.map(({ durationMs }) => durationMs)),
        ...medianCpu(results),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const cpu = runs.map(({ cpuMs }) => cpuMs).filter((value) => value !== null);
  return {
    runs: runs.length,
    tests,
    wallMs: median(runs.map(({ wallMs }) => wallMs)),
    cpuMs: cpu.length === runs.length ? median(cpu) : null,
  };
}

function medianCpu(results: readonly TestResult[]): { cpuMs?: number } {
  const known = results.map(({ cpuMs }) => cpuMs).filter((value) => value !== undefined);
  return known.length === results.length ? { cpuMs: median(known) } : {};
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return 0;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}
