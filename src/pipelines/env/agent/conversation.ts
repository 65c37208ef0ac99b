// One stage of the env agent: it works, hands in, is answered, and works on, until it is accepted or done for.
import { join } from 'node:path';
import { keepLastOutputs } from '../../../agent/history.ts';
import { rebuildWork } from '../../../agent/rebuild.ts';
import { runAgent } from '../../../agent/run-agent.ts';
import { formatErrorLimit, stepLimit } from '../../../agent/stop-rules.ts';
import type { StopRule } from '../../../agent/stop-rules.ts';
import { openTrajectoryFile } from '../../../agent/trajectory-file.ts';
import { openWorkbench } from '../../../agent/workbench.ts';
import type { AgentResult } from '../../../agent/run-agent.ts';
import type { Tool } from '../../../core/agent.ts';
import type { Model } from '../../../core/model.ts';
import type { Sandbox } from '../../../core/sandbox.ts';
import type { Message } from '../../../core/schema/index.ts';
import type { AgentOutcome, Trajectory } from '../../../core/schema/index.ts';
import type { Kit } from '../../../kit.ts';
import type { AgentWorkKind } from './prompts/instructions.ts';
import { renderRefusal, renderReminder } from './prompts/task.ts';
import { readHandedIn } from './tags.ts';
import type { HandedIn } from './tags.ts';

export interface Refusal {
  code: string;
  /** One sentence. */
  reason: string;
  output: string;
}

export interface StageSettings<Accepted> {
  kind: AgentWorkKind;
  kit: Pick<Kit, 'emit' | 'signal' | 'stopping'>;
  model: Model;
  tools: readonly Tool[];
  sandbox: Sandbox;
  /** The repository's folder inside the sandbox. */
  folder: string;
  /** True when the sandbox is not the one in which an earlier sitting of this stage has worked. */
  fresh: boolean;
  instructions: string;
  task: string;
  steps: number;
  refusals: number;
  /** Folder of the trajectories. */
  trajectories: string;
  /** Their names begin with this; a retry takes another. */
  prefix: string;
  /** Whose account pays. */
  payer: string;
  /** Which draw this is: a retry must not be answered with what was said before. */
  sample: number;
  /** `heard`: what the agent has been told since its task. */
  judge: (
    handedIn: HandedIn,
    heard: readonly string[],
  ) => Promise<{ accepted: Accepted } | { refused: Refusal }>;
}

/** `unfinished`: stopped by the user or by a budget; the same command goes on from there. */
export type StageEnd<Accepted> =
  | { end: 'accepted'; accepted: Accepted; summary: string; files: string[] }
  | { end: 'refused'; refusal: Refusal; files: string[] }
  | {
      end: 'silent' | 'stopped' | 'steps' | 'failed' | 'unfinished';
      reason: string;
      files: string[];
    };

/** Runs the stage from its beginning, or from where its trajectories end. */
export async function runStage<Accepted>(
  settings: StageSettings<Accepted>,
): Promise<StageEnd<Accepted>> {
  const { kind, refusals } = settings;
  const files: string[] = [];
  let messages: Message[] = [
    { role: 'system', content: settings.instructions },
    { role: 'user', content: settings.task },
  ];
  const past: Trajectory[] = [];
  let used = 0;
  let refused = 0;
  let reminded = false;
  for (let round = 1; ; round += 1) {
    const file = join(settings.trajectories, `${settings.prefix}-${round}.jsonl`);
    files.push(file);
    const result = await runRound(
      { file, messages, steps: settings.steps - used, behind: past },
      settings,
    );
    used += result.progress.steps;
    if (result.outcome !== 'finished') {
      return { end: endings[result.outcome], reason: explain(result), files };
    }
    const handedIn = readHandedIn(result.submission ?? '');
    const goOn = (content: string): void => {
      messages = [...withoutOldOutputs(result.messages), { role: 'user', content }];
    };
    if (!isComplete(handedIn, kind)) {
      // Who went on working when reminded may be reminded again; the steps are counted.
      if (reminded && result.progress.steps === 1) {
        return { end: 'silent', reason: 'The agent handed in no scripts.', files };
      }
      reminded = true;
      goOn(renderReminder(kind));
      continue;
    }
    // A next round that was begun has been told of a refusal: it is not judged again.
    const told = await lastWords(
      join(settings.trajectories, `${settings.prefix}-${round + 1}.jsonl`),
    );
    if (told !== undefined) {
      refused += 1;
      goOn(told);
      continue;
    }
    const heard = result.messages.flatMap((message) =>
      message.role === 'user' ? [message.content] : [],
    );
    const verdict = await settings.judge(handedIn, heard.slice(1));
    if ('accepted' in verdict) {
      return { end: 'accepted', accepted: verdict.accepted, summary: handedIn.summary, files };
    }
    if (refused >= refusals) return { end: 'refused', refusal: verdict.refused, files };
    refused += 1;
    settings.kit.emit({
      type: 'warning',
      code: 'scripts-refused',
      message: `The gate refuses the agent’s scripts: ${verdict.refused.reason}`,
    });
    goOn(renderRefusal(verdict.refused, refusals - refused));
  }
}

/** Installations print a lot, and what they printed long ago helps nobody. */
const history = keepLastOutputs(40);

/** What a conversation begins with is never left out later, so it is left out when one goes on. */
function withoutOldOutputs(messages: readonly Message[]): readonly Message[] {
  const entries = messages.map((message) => ({ message, observation: message.role === 'tool' }));
  return history(entries, 0);
}

const endings: Readonly<
  Record<Exclude<AgentOutcome, 'finished'>, 'stopped' | 'steps' | 'failed' | 'unfinished'>
> = {
  stopped: 'stopped',
  'step-limit': 'steps',
  'cost-limit': 'unfinished',
  aborted: 'unfinished',
  'time-limit': 'failed',
  'context-limit': 'failed',
  'format-errors': 'failed',
  error: 'failed',
};

function explain({ outcome, reason, submission }: AgentResult): string {
  if (outcome === 'stopped') return `The agent gave up: ${oneLine(submission ?? reason)}`;
  return reason;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

interface Round {
  file: string;
  messages: readonly Message[];
  steps: number;
  /** Rounds that an earlier sitting had brought to their end, not yet done again in this sandbox. */
  behind: Trajectory[];
}

async function runRound<Accepted>(
  { file, messages, steps, behind }: Round,
  settings: StageSettings<Accepted>,
): Promise<AgentResult> {
  const { past, save } = await openTrajectoryFile(file);
  const { kit, sandbox, folder, tools } = settings;
  kit.emit({ type: 'stage-start', stage: 'agent', total: settings.steps, detail: settings.prefix });
  await using bench = openWorkbench({ sandbox, folder });
  const over = past?.end?.outcome === 'finished' || past?.end?.outcome === 'stopped';
  if (past && over && settings.fresh) behind.push(past);
  if (!over) {
    for (const trajectory of behind.splice(0)) {
      await rebuildWork({ trajectory, sandbox: 'fresh' }, { tools, bench }, kit.signal);
    }
  }
  const result = await runAgent({
    model: settings.model,
    tools,
    bench,
    messages,
    history,
    stopWhen: [whenAsked(kit.stopping), stepLimit(steps), formatErrorLimit(4)],
    stage: `env-${settings.kind}`,
    task: settings.payer,
    sample: settings.sample,
    signal: kit.signal,
    save: async (line) => {
      await save(line);
      if (line.type === 'step') {
        const done = settings.steps - steps + line.index + 1;
        kit.emit({ type: 'stage-progress', stage: 'agent', done, total: settings.steps });
      }
    },
    ...(past === undefined
      ? {}
      : { resume: { trajectory: past, sandbox: settings.fresh ? 'fresh' : 'same' } }),
  });
  kit.signal.throwIfAborted();
  return result;
}

/** The first request to stop lets the step under way end: what it says is paid for. */
function whenAsked(stopping: AbortSignal): StopRule {
  return () =>
    stopping.aborted ? { outcome: 'aborted', reason: 'The user has stopped the run.' } : undefined;
}

function isComplete({ installScript, testScript }: HandedIn, kind: AgentWorkKind): boolean {
  return (
    (kind === 'test' || installScript !== undefined) &&
    (kind === 'install' || (testScript ?? '') !== '')
  );
}

/** What a rollout was told last before it began; undefined when it was not begun. */
async function lastWords(file: string): Promise<string | undefined> {
  const { past } = await openTrajectoryFile(file);
  return lastUserMessage(past);
}

function lastUserMessage(past: Trajectory | undefined): string | undefined {
  const message = past?.start.messages.at(-1);
  return message?.role === 'user' ? message.content : undefined;
}
