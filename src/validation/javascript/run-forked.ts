// Runs chosen test files in forks: together where they get along, the doubtful ones each alone.
import type { JavascriptRecording, SuiteRun } from '../../core/schema/index.ts';
import type { ForkRun, ForkServer } from './fork-server.ts';
import { findDoubtful, joinRuns } from './join-runs.ts';

const [CPU_FLOOR_MS, CPU_FACTOR] = [2000, 5];

export interface ForkedRequest {
  files: readonly string[];
  hubLimit: number | undefined;
  /** Wall time of all files. */
  wallMs: number;
  /** Every test file in a process of its own, where the framework has it so. */
  alone?: boolean;
  signal: AbortSignal;
}

/**
 * The changed files are in place. Undefined when a run ends in a way that only a fresh process can
 * explain.
 */
export async function runForked(
  server: ForkServer,
  recording: JavascriptRecording,
  request: ForkedRequest,
): Promise<ForkRun | undefined> {
  const { files, hubLimit, wallMs, signal } = request;
  const forked = recording.forked;
  if (forked === null) return undefined;
  const costs = new Map(forked.files.map(({ file, cpuMs }) => [file, cpuMs]));
  const run = (chosen: readonly string[], failures: number | undefined) => {
    const usual = chosen.reduce((sum, file) => sum + (costs.get(file) ?? 0), 0);
    const cpuMs = CPU_FLOOR_MS + CPU_FACTOR * usual;
    return server.run({ files: chosen, failures, cpuMs, wallMs, signal });
  };

  if (!forked.each) {
    const whole = await run(files, hubLimit);
    return whole !== undefined && isTrusted(whole) ? whole : undefined;
  }
  const fit = new Set(request.alone === true ? [] : recording.grouped?.files);
  const together = files.filter((file) => fit.has(file));
  let rest = files.filter((file) => !fit.has(file));
  let all: SuiteRun | undefined;
  if (together.length > 0) {
    const first = await run(together, hubLimit);
    if (first === undefined || first.stoppedAsHub || first.run.outcome === 'timed-out')
      return first;
    const safe = first.run.outcome === 'completed';
    const again = new Set(safe ? findDoubtful(first.run, together) : together);
    rest = files.filter((file) => !fit.has(file) || again.has(file));
    all = joinRuns(first.run, undefined, again);
  }
  for (const file of rest) {
    if (!server.isOpen) return undefined;
    const failed = all?.results.filter(({ status }) => status === 'failed').length ?? 0;
    const left = hubLimit === undefined ? undefined : Math.max(0, hubLimit - failed);
    const next = await run([file], left);
    if (next === undefined || !isTrusted(next)) return undefined;
    all = joinRuns(all, next.run, new Set());
    if (next.stoppedAsHub || next.run.outcome === 'timed-out') {
      return { run: all, stoppedAsHub: next.stoppedAsHub };
    }
  }
  return all === undefined ? undefined : { run: all, stoppedAsHub: false };
}

/** An end that the framework does not report says little about what a fresh process would do. */
function isTrusted({ run, stoppedAsHub }: ForkRun): boolean {
  return stoppedAsHub || run.outcome === 'completed' || run.outcome === 'timed-out';
}
