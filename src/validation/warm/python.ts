// Drives the warm Python runner: records once, and puts candidates to it.
import type { TestResult } from '../../core/schema/index.ts';
import { pythonRecording } from '../../core/schema/warm.ts';
import type { PythonRecording, WarmEnd, WarmRecording } from '../../core/schema/warm.ts';
import { ScreenCrash } from '../screen.ts';
import type { Confirmer, Screened, ScreenLevel, Screener, ScreenRequest } from '../screen.ts';
import type { ScreenerOptions } from '../screeners/kind.ts';
import type { SuiteHost } from '../suite.ts';
import { betrayalBy, openPythonConfirmer, toRun } from './confirmer.ts';
import { askForRecording, KeptRunner, startRunner } from './runner.ts';
import type { Unusable } from './runner.ts';

/** Records what every test does; `because` says why this suite cannot run warm. */
export async function recordPython(
  host: SuiteHost,
  options: ScreenerOptions,
): Promise<{ usable: true; recording: string } | { usable: false; because: string }> {
  try {
    await host.sandbox.restore();
    await using runner = await startRunner(host, null, options);
    if (runner.greeting.type === 'unusable') return unusable(runner.greeting);
    const { last, document } = await askForRecording(runner, options);
    if (last.type === 'unusable') return unusable(last);
    if (document === undefined) return { usable: false, because: 'the runner gave no recording.' };
    if (!last.levels.swap && !last.levels.reimport) {
      return { usable: false, because: last.warnings[0] ?? 'no warm way is open here.' };
    }
    const recorded = document['tests'] as RecordedTest[];
    const unsafe = differences(recorded, options);
    if (unsafe.length > tolerance(options)) {
      return {
        usable: false,
        because: `${unsafe.length} tests behave differently in a warm process, e.g. ${unsafe[0]}.`,
      };
    }
    await runner[Symbol.asyncDispose]();
    const more = await differencesInConfirmer(host, document, options);
    const hermetic = more !== undefined && more.length <= tolerance(options);
    const all = new Set([...unsafe, ...(hermetic ? more : [])]);
    for (const test of recorded) if (all.has(test.id)) test.unstable = true;
    const kept: PythonRecording = { document, unsafe: [...all], hermetic };
    return { usable: true, recording: JSON.stringify(kept) };
  } catch (error) {
    if (error instanceof ScreenCrash) return { usable: false, because: error.message };
    throw error;
  }
}

function unusable({ reason }: Unusable): { usable: false; because: string } {
  return { usable: false, because: reason };
}

interface RecordedTest {
  id: string;
  status: string;
  /** Its results are always reported, and never taken for granted. */
  unstable?: boolean;
}

/** A few odd tests, sensitive to time or load, need not keep a whole suite from being screened. */
function tolerance({ baseline }: ScreenerOptions): number {
  return Math.max(5, Math.floor(0.02 * baseline.tests.length));
}

/** Tests that a confirming runner sees otherwise than new processes; undefined when it cannot run them. */
async function differencesInConfirmer(
  host: SuiteHost,
  document: WarmRecording,
  options: ScreenerOptions,
): Promise<string[] | undefined> {
  await using confirmer = openPythonConfirmer(host, { document, unsafe: [] }, options);
  const files = [...new Set(options.baseline.tests.map(({ file }) => file))];
  const run = await confirmer.run([], { files }, options.signal);
  return run?.outcome === 'completed' ? differences(run.results, options) : undefined;
}

/** Tests that did not do what they always do in fresh processes. */
function differences(
  seen: readonly { id: string; status: string }[],
  { baseline }: ScreenerOptions,
): string[] {
  const statuses = new Map(seen.map(({ id, status }) => [id, status]));
  return baseline.tests
    .filter(({ id, status }) => status !== 'flaky' && statuses.get(id) !== status)
    .map(({ id }) => id);
}

/** Opens a screen over a sandbox of its own. */
export async function openPythonScreener(
  host: SuiteHost,
  recording: string,
  options: ScreenerOptions,
): Promise<Screener> {
  const { document, unsafe } = pythonRecording.parse(JSON.parse(recording));
  const betrays = betrayalBy(unsafe, options);
  const runner = new KeptRunner(host, document, options);
  const look = async (request: ScreenRequest): Promise<Screened> => {
    const greeting = await runner.greeting(request.signal);
    if (greeting.type === 'unusable') return untrusted(greeting.reason);
    if (greeting.needsRecording) return untrusted('its recording was made by another version');
    const { end, results } = await runner.ask(
      {
        id: request.id,
        files: request.files.map(({ path, content }) => ({ path, content })),
        mode: 'auto',
        limits: hubLimits(request, options),
      },
      request.signal,
    );
    const odd = results.find(betrays);
    if (odd) return untrusted(`${odd.id} says this in warm processes`);
    const chance = results.find(failsByChance);
    if (chance) return untrusted(`${chance.id} tells when garbage is collected`);
    return toScreened(end, results);
  };
  return {
    screen: look,
    repeat: look,
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}

/** What garbage says at its end becomes the failure of whichever test runs then: another one in each process. */
export function failsByChance({ status, message }: TestResult): boolean {
  return status === 'failed' && /Exception ignored in|PytestUnraisable/.test(message ?? '');
}

function hubLimits({ hubLimit }: ScreenRequest, { baseline }: ScreenerOptions) {
  if (hubLimit === undefined) return { hubShare: null };
  return {
    hubShare: Math.min(1, hubLimit / Math.max(1, baseline.tests.length)),
    hubFloor: hubLimit,
  };
}

const levels: Record<Exclude<WarmEnd['path'], 'fresh'>, ScreenLevel> = {
  same: 'unchanged',
  uncovered: 'uncovered',
  swap: 'swap',
  reimport: 'reimport',
  suite: 'suite',
};

function toScreened(end: WarmEnd, results: TestResult[]): Screened {
  if (end.path === 'fresh') return untrusted(end.why);
  const level = levels[end.path];
  return {
    level,
    run: level === 'unchanged' || level === 'uncovered' ? undefined : toRun(end, results),
    // The runner reports every test that changed, vanished ones included.
    selected: [],
    files: end.files ?? [],
    ...(end.chosen == null ? {} : { chosen: end.chosen }),
    suspicious: undefined,
    stoppedAsHub: end.stopped === 'hub',
    ...(end.testsCpuMs === undefined ? {} : { testsCpuMs: end.testsCpuMs }),
  };
}

function untrusted(because: string): Screened {
  return {
    level: 'full',
    run: undefined,
    selected: [],
    files: [],
    suspicious: because,
    stoppedAsHub: false,
  };
}

/** Opens a confirmer, when the recording showed that its runs are those of new processes. */
export function openRecordedConfirmer(
  host: SuiteHost,
  recording: string,
  options: ScreenerOptions,
): Confirmer | undefined {
  const known = pythonRecording.parse(JSON.parse(recording));
  return known.hermetic ? openPythonConfirmer(host, known, options) : undefined;
}
