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
export async function readAnswers(
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
