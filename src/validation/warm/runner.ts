// Starts the warm Python runner in a sandbox and says hello to it.
import { posix } from 'node:path';
import type { TestResult } from '../../core/schema/index.ts';
import type {
  WarmAnswer,
  WarmEnd,
  WarmReady,
  WarmRecording,
  WarmRequest,
} from '../../core/schema/warm.ts';
import { hangLimits, waitLimit } from '../hang.ts';
import type { ScreenerOptions } from '../screeners/kind.ts';
import { layout } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';
import { openConversation } from './conversation.ts';
import type { Conversation } from './conversation.ts';

/** Node's timers cannot wait longer; a runner lives as long as its driver wants. */
const forever = 2 ** 31 - 1;
/** Beyond the limits that the runner itself enforces: it has died without a word. */
const graceMs = 60_000;

export type Unusable = Extract<WarmAnswer, { type: 'unusable' }>;

export interface Runner extends AsyncDisposable {
  conversation: Conversation;
  greeting: WarmReady | Unusable;
}

/** Starts the runner in the sandbox as it stands. A confirming one imports nothing but the framework. */
export async function startRunner(
  { sandbox, framework, spec }: SuiteHost,
  recording: WarmRecording | null,
  { limits, baseline }: ScreenerOptions,
  role: 'screen' | 'confirm' = 'screen',
): Promise<Runner> {
  const process = await sandbox.spawn({
    argv: ['python', posix.join(sandbox.root, layout.runners, 'python', 'warm')],
    cwd: posix.join(sandbox.root, layout.repository, spec.test.cwd),
    env: { TZ: 'UTC', ...spec.test.env },
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
        role,
        limits: { ...hangLimits, ...waitLimit(limits, baseline) },
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

/** A question about one candidate, without what every question has. */
export type Question = Omit<Extract<WarmRequest, { type: 'candidate' }>, 'type'>;

/**
 * A runner of a sandbox of its own: started when it is first asked, and anew, in a restored tree, after
 * a crash, an abort, or tests that changed the tree.
 */
export class KeptRunner implements AsyncDisposable {
  readonly #start: () => Promise<Runner>;
  readonly #options: ScreenerOptions;
  #runner: Runner | undefined;

  constructor(
    host: SuiteHost,
    recording: WarmRecording,
    options: ScreenerOptions,
    role: 'screen' | 'confirm' = 'screen',
  ) {
    this.#options = options;
    this.#start = async () => {
      await host.sandbox.restore();
      return startRunner(host, recording, options, role);
    };
  }

  /** What it said when it was started. */
  async greeting(signal: AbortSignal): Promise<WarmReady | Unusable> {
    signal.throwIfAborted();
    this.#runner ??= await this.#start();
    return this.#runner.greeting;
  }

  /** Rejects with `ScreenCrash` when it dies over the question, and on abort. */
  async ask(
    question: Question,
    signal: AbortSignal,
  ): Promise<{ end: WarmEnd; results: TestResult[] }> {
    await this.greeting(signal);
    const onAbort = (): void => void this[Symbol.asyncDispose]();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const runner = this.#runner ?? (await this.#start());
      const request = { type: 'candidate' as const, ...question };
      const answers = await readAnswers(runner.conversation, request, this.#options);
      if (answers.end.altered !== undefined) await this[Symbol.asyncDispose]();
      return answers;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const old = this.#runner;
    this.#runner = undefined;
    await old?.[Symbol.asyncDispose]();
  }
}

/** Has the runner record the suite; undefined when it gave no recording. */
export async function askForRecording(
  { conversation }: Runner,
  { baseline }: ScreenerOptions,
): Promise<{ last: WarmReady | Unusable; document: WarmRecording | undefined }> {
  let document: WarmRecording | undefined;
  const last = await conversation.ask(
    { type: 'record' },
    (answer) => answer.type === 'ready' || answer.type === 'unusable',
    (answer) => {
      if (answer.type === 'recording') document = answer.document;
    },
    Math.max(graceMs, 60 * baseline.wallMs),
  );
  return { last, document };
}

/** Puts one candidate to the runner; throws `ScreenCrash` when it dies over it. */
async function readAnswers(
  conversation: Conversation,
  request: Extract<WarmRequest, { type: 'candidate' }>,
  { limits }: ScreenerOptions,
): Promise<{ end: WarmEnd; results: TestResult[] }> {
  // What is said of a test last counts: a fixture that fails late takes back that its test passed.
  const results = new Map<string, TestResult>();
  const end = await conversation.ask(
    request,
    (answer) => answer.type === 'end',
    (answer) => {
      if (answer.type === 'result') results.set(answer.test, toResult(answer));
    },
    graceMs + (limits.timeoutMs ?? 0) * 2,
  );
  return { end, results: [...results.values()] };
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
