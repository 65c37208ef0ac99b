// Drives the warm Python runner: starts it in a sandbox, records once, and puts candidates to it.
import { posix } from 'node:path';
import type { SuiteRun, TestResult } from '../../core/schema/index.ts';
import { warmRecording } from '../../core/schema/warm.ts';
import type { WarmAnswer, WarmEnd, WarmReady, WarmRecording } from '../../core/schema/warm.ts';
import { ScreenCrash } from '../screen.ts';
import type { Screened, ScreenLevel, Screener, ScreenRequest } from '../screen.ts';
import type { ScreenerOptions } from '../screeners/kind.ts';
import { layout } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';
import { openConversation } from './conversation.ts';
import type { Conversation } from './conversation.ts';

/** Node's timers cannot wait longer; a runner lives as long as its driver wants. */
const forever = 2 ** 31 - 1;
/** Beyond the limits that the runner itself enforces: it has died without a word. */
const graceMs = 60_000;

type Unusable = Extract<WarmAnswer, { type: 'unusable' }>;

interface Runner extends AsyncDisposable {
  conversation: Conversation;
  greeting: WarmReady | Unusable;
}

/** Starts the runner in the sandbox as it stands. */
async function startRunner(
  { sandbox, framework, spec }: SuiteHost,
  recording: WarmRecording | null,
  { limits, baseline }: ScreenerOptions,
): Promise<Runner> {
  const process = await sandbox.spawn({
    argv: ['python', posix.join(sandbox.root, layout.runners, 'python', 'warm')],
    cwd: posix.join(sandbox.root, layout.repository, spec.test.cwd),
    env: spec.test.env,
    limits: { ...limits, timeoutMs: forever, cpuMs: forever, outputBytes: forever },
  });
  const conversation = openConversation(process);
  try {
    const greeting = await conversation.ask(
      {
        type: 'hello',
        framework: framework.name,
        args: spec.test.args,
        root: posix.join(sandbox.root, layout.repository),
        cwd: spec.test.cwd,
        recording,
      },
      (answer) => answer.type === 'ready' || answer.type === 'unusable',
      () => {},
      Math.max(graceMs, 10 * baseline.wallMs),
    );
    return {
      conversation,
      greeting,
      [Symbol.asyncDispose]: () => conversation[Symbol.asyncDispose](),
    };
  } catch (error) {
    await conversation[Symbol.asyncDispose]();
    throw error;
  }
}

/** Records what every test does; `because` says why this suite cannot run warm. */
export async function recordPython(
  host: SuiteHost,
  options: ScreenerOptions,
): Promise<{ usable: true; recording: string } | { usable: false; because: string }> {
  try {
    await host.sandbox.restore();
    await using runner = await startRunner(host, null, options);
    if (runner.greeting.type === 'unusable') return unusable(runner.greeting);
    let document: WarmRecording | undefined;
    const last = await runner.conversation.ask(
      { type: 'record' },
      (answer) => answer.type === 'ready' || answer.type === 'unusable',
      (answer) => {
        if (answer.type === 'recording') document = answer.document;
      },
      Math.max(graceMs, 60 * options.baseline.wallMs),
    );
    if (last.type === 'unusable') return unusable(last);
    if (document === undefined) return { usable: false, because: 'the runner gave no recording.' };
    if (!last.levels.swap && !last.levels.reimport) {
      return { usable: false, because: last.warnings[0] ?? 'no warm way is open here.' };
    }
    const odd = differences(document, options);
    if (odd.length > 0) {
      return {
        usable: false,
        because: `${odd.length} tests behave differently in a warm process, e.g. ${odd[0]}.`,
      };
    }
    return { usable: true, recording: JSON.stringify(document) };
  } catch (error) {
    if (error instanceof ScreenCrash) return { usable: false, because: error.message };
    throw error;
  }
}

function unusable({ reason }: Unusable): { usable: false; because: string } {
  return { usable: false, because: reason };
}

/** Tests that always pass in fresh processes but did not while they were recorded, or the other way round. */
function differences(document: WarmRecording, { baseline }: ScreenerOptions): string[] {
  const tests = document['tests'] as { id: string; status: string }[];
  const recorded = new Map(tests.map(({ id, status }) => [id, status]));
  return baseline.tests
    .filter(({ id, status }) => status !== 'flaky' && recorded.get(id) !== status)
    .map(({ id }) => id);
}

/** Opens a screen over a sandbox of its own. The runner is started anew whenever it has to be. */
export async function openPythonScreener(
  host: SuiteHost,
  recording: string,
  options: ScreenerOptions,
): Promise<Screener> {
  const document = warmRecording.parse(JSON.parse(recording));
  let runner: Runner | undefined;
  const stop = async (): Promise<void> => {
    const old = runner;
    runner = undefined;
    await old?.[Symbol.asyncDispose]();
  };
  const start = async (): Promise<Runner> => {
    await host.sandbox.restore();
    runner = await startRunner(host, document, options);
    return runner;
  };
  const silenceMs = graceMs + (options.limits.timeoutMs ?? 0) * 2;

  const look = async (request: ScreenRequest, mode: 'auto' | 'reimport'): Promise<Screened> => {
    request.signal.throwIfAborted();
    const { conversation, greeting } = runner ?? (await start());
    if (greeting.type === 'unusable') return untrusted(greeting.reason);
    if (greeting.needsRecording) return untrusted('its recording was made by another version');
    const results: TestResult[] = [];
    const onAbort = (): void => void stop();
    request.signal.addEventListener('abort', onAbort, { once: true });
    try {
      const end = await conversation.ask(
        {
          type: 'candidate',
          id: request.id,
          files: request.files.map(({ path, content }) => ({ path, content })),
          mode,
          ...(request.tests === undefined ? {} : { tests: [...request.tests] }),
          limits: hubLimits(request, options),
        },
        (answer) => answer.type === 'end',
        (answer) => {
          if (answer.type === 'result') results.push(toResult(answer));
        },
        silenceMs,
      );
      return toScreened(end, results);
    } catch (error) {
      await stop();
      request.signal.throwIfAborted();
      throw error;
    } finally {
      request.signal.removeEventListener('abort', onAbort);
    }
  };

  return {
    screen: (request) => look(request, 'auto'),
    repeat: (request) => look(request, 'reimport'),
    [Symbol.asyncDispose]: stop,
  };
}

function hubLimits({ hubLimit }: ScreenRequest, { baseline }: ScreenerOptions) {
  if (hubLimit === undefined) return { hubShare: null };
  return {
    hubShare: Math.min(1, hubLimit / Math.max(1, baseline.tests.length)),
    hubFloor: hubLimit,
  };
}

function toResult(answer: Extract<WarmAnswer, { type: 'result' }>): TestResult {
  return {
    id: answer.test,
    file: answer.file ?? answer.test.split('::')[0] ?? '',
    status: answer.status,
    durationMs: answer.wallMs ?? 0,
    ...(answer.kind === undefined ? {} : { kind: answer.kind }),
    ...(answer.message === undefined ? {} : { message: answer.message }),
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
  const run: SuiteRun = {
    outcome: end.stopped === 'hang' ? 'timed-out' : 'completed',
    results,
    collectionErrors: end.errors ?? [],
    exitCode: null,
    wallMs: end.wallMs,
    cpuMs: end.cpuMs,
    outputTail: '',
  };
  return {
    level,
    run: level === 'unchanged' || level === 'uncovered' ? undefined : run,
    // The runner reports every test that changed, vanished ones included.
    selected: [],
    files: end.files ?? [],
    suspicious: undefined,
    stoppedAsHub: end.stopped === 'hub',
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
