// Runs chosen test files in a fresh process, no longer than they deserve.
import type { Limits, Sandbox } from '../../core/sandbox.ts';
import type { JavascriptRecording, SuiteRun } from '../../core/schema/index.ts';
import type { ScreenRequest } from '../screen.ts';
import { layout, runSuite } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';
import { groupInOneProcess } from './grouping.ts';
import { findDoubtful, joinRuns } from './join-runs.ts';
import { watchFailures } from './watch-failures.ts';

const [CPU_FLOOR_MS, CPU_FACTOR] = [3000, 5];
const [WALL_FLOOR_MS, WALL_FACTOR] = [15_000, 10];

export interface CoveringRun {
  run: SuiteRun;
  stoppedAsHub: boolean;
}

/**
 * Runs the files in a restored tree that gets the candidate. Those that can share a process do; what
 * fails there after another failure, or dies, is run again as in the whole suite.
 */
export async function runCovering(
  host: SuiteHost & { limits: Limits },
  recording: JavascriptRecording,
  files: readonly string[],
  request: ScreenRequest,
): Promise<CoveringRun> {
  const shared = groupInOneProcess(host);
  const fit = new Set(shared === undefined ? [] : recording.grouped?.files);
  const together = files.filter((file) => fit.has(file));
  if (shared === undefined || together.length < worthSharing(host)) {
    return runOnce(host, files, limitsFor(recording, files, host.limits), recording, request);
  }
  const general = limitsFor(recording, together, host.limits);
  const limits = shareLimits(general, together, recording.grouped);
  const first = await runOnce({ ...host, ...shared }, together, limits, recording, request);
  if (first.stoppedAsHub || first.run.outcome === 'timed-out') return first;
  const safe = first.run.outcome === 'completed';
  const doubtful = new Set(safe ? findDoubtful(first.run, together) : together);
  const rest = files.filter((file) => !fit.has(file) || doubtful.has(file));
  if (rest.length === 0) return first;
  const alone = limitsFor(recording, rest, host.limits);
  const second = await runOnce(host, rest, alone, recording, request);
  return {
    run: joinRuns(first.run, second.run, doubtful),
    stoppedAsHub: second.stoppedAsHub,
  };
}

/** Doubtful files cost a second start: where starting is dear, few files had better run at once. */
const worthSharing = ({ framework }: SuiteHost): number => (framework.name === 'vitest' ? 10 : 1);

async function runOnce(
  host: SuiteHost,
  files: readonly string[],
  limits: Limits,
  recording: JavascriptRecording,
  request: ScreenRequest,
): Promise<CoveringRun> {
  await host.sandbox.restore();
  for (const { path, content } of request.files) {
    await host.sandbox.write(`${layout.repository}/${path}`, content);
  }
  const hub = new AbortController();
  const run = runSuite(
    { ...host, sandbox: stopping(host.sandbox, hub.signal) },
    {
      ...(files.length === recording.files.length ? {} : { selection: { files } }),
      limits,
      signal: request.signal,
    },
  );
  const watching = new AbortController();
  const watch =
    request.hubLimit === undefined
      ? undefined
      : watchFailures(host.sandbox, layout.report, request.hubLimit, hub, watching.signal);
  try {
    return { run: await run, stoppedAsHub: hub.signal.aborted };
  } finally {
    watching.abort();
    await watch;
  }
}

/** A command that is stopped this way is data, unlike one that the user interrupts. */
function stopping(sandbox: Sandbox, stop: AbortSignal): Sandbox {
  return {
    root: sandbox.root,
    isolation: sandbox.isolation,
    exec: (command) =>
      sandbox.exec({
        ...command,
        signal: command.signal === undefined ? stop : AbortSignal.any([command.signal, stop]),
      }),
    spawn: (command) => sandbox.spawn(command),
    read: (path) => sandbox.read(path),
    write: (path, data) => sandbox.write(path, data),
    upload: (from, to) => sandbox.upload(from, to),
    download: (from, to) => sandbox.download(from, to),
    snapshot: () => sandbox.snapshot(),
    restore: (snapshot) => sandbox.restore(snapshot),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

/**
 * Processor time tells an endless loop from a slow machine: several times what the files took while
 * recorded. Wall time is looser, since frameworks cut waiting tests themselves.
 */
export function limitsFor(
  recording: JavascriptRecording,
  files: readonly string[],
  limits: Limits,
): Limits {
  const chosen = new Set(files);
  let [cpuMs, wallMs, known] = [0, 0, true];
  for (const testFile of recording.files) {
    if (!chosen.has(testFile.file)) continue;
    known &&= testFile.cpuMs !== null;
    cpuMs += testFile.cpuMs ?? 0;
    wallMs += testFile.wallMs;
  }
  return {
    ...limits,
    timeoutMs: Math.min(
      limits.timeoutMs ?? Number.POSITIVE_INFINITY,
      WALL_FLOOR_MS + WALL_FACTOR * wallMs,
    ),
    ...(known
      ? {
          cpuMs: Math.min(
            limits.cpuMs ?? Number.POSITIVE_INFINITY,
            CPU_FLOOR_MS + CPU_FACTOR * cpuMs,
          ),
        }
      : {}),
  };
}

/** A process that is shared, or kept open, starts once: a file's share of it says more than its own process did. */
export function shareLimits(
  limits: Limits,
  files: readonly string[],
  together: { files: readonly string[]; cpuMs: number | null } | null,
): Limits {
  if (together === null || together.cpuMs === null) return limits;
  const share = together.cpuMs * (files.length / together.files.length);
  const cpuMs = CPU_FLOOR_MS + CPU_FACTOR * share;
  return { ...limits, cpuMs: Math.min(limits.cpuMs ?? cpuMs, cpuMs) };
}
