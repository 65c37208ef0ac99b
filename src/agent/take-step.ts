// One step of the loop: ask the model, run what it wants done, write down both.
import type { ToolResult } from '../core/agent.ts';
import type { Message, ModelReply } from '../core/schema/model.ts';
import type { AgentOutcome, TrajectoryStep } from '../core/schema/trajectory.ts';
import { requestHash } from '../llm/request-hash.ts';
import { askModel } from './ask.ts';
import type { ParsedTurn } from './formats/format.ts';
import { keepAll } from './history.ts';
import { recordStep, type Rollout } from './rollout.ts';
import { runTurn, type TurnOutcome } from './run-turn.ts';
import type { AgentSettings } from './settings.ts';
import { diffText } from './text-delta.ts';

/** How a rollout ends. */
export interface Ending {
  outcome: AgentOutcome;
  reason: string;
  tool?: string;
  submission?: string | null;
  error?: unknown;
}

/** Asks and acts once, and adds the step to the rollout. Throws what the model or the sandbox throws. */
export async function takeStep(
  rollout: Rollout,
  signal: AbortSignal,
): Promise<{ step: TrajectoryStep; ending: Ending | undefined }> {
  const { settings, start, format, progress } = rollout;
  const begun = performance.now();
  const { request, reply, pressure } = await askModel({
    model: settings.model,
    entries: rollout.entries,
    history: settings.history ?? keepAll,
    pressure: rollout.pressure,
    tools: format.native ? start.tools : undefined,
    sampling: start.sampling,
    sample: start.sample,
    stage: start.stage,
    task: start.task,
    signal,
  });
  rollout.pressure = pressure;
  const parsed = format.parse(reply.message, reply.finish, settings.tools);
  const finishes = isFinished(parsed, reply, settings);
  const problem = finishes ? undefined : (parsed.problem ?? missingCall(parsed, reply));
  const turn = await runTurn(parsed.calls, {
    tools: settings.tools,
    bench: settings.bench,
    signal,
    timeoutMs: settings.toolTimeoutMs ?? 300_000,
    observationLimit: settings.observationLimit ?? 16_000,
    ...(settings.model.redact === undefined ? {} : { redact: settings.model.redact }),
  });
  const appended: Message[] =
    problem === undefined ? format.render(turn.actions) : [{ role: 'user', content: problem }];
  const { raw } = reply;
  const wallMs = performance.now() - begun;
  const step: TrajectoryStep = {
    type: 'step',
    index: progress.steps,
    call: {
      hash: requestHash(settings.model, request),
      model: reply.model,
      startedAt: reply.startedAt,
      wallMs: reply.wallMs,
      attempts: reply.attempts,
      cached: reply.cached,
      finish: reply.finish,
      usage: reply.usage,
      costUsd: reply.costUsd,
      rawRequest: diffText(rollout.lastRawRequest, raw.request),
      rawResponse: raw.response,
    },
    message: reply.message,
    actions: turn.actions,
    ...(problem === undefined ? {} : { formatError: problem }),
    appended,
    state: { ...settings.bench.state },
    wallMs,
  };
  recordStep(rollout, step, raw.request);
  return { step, ending: endingOf(turn, finishes, reply) };
}

/** Nothing left to do is said in words; an empty or filtered reply says nothing. */
function isFinished(parsed: ParsedTurn, reply: ModelReply, settings: AgentSettings): boolean {
  if (parsed.problem !== undefined || parsed.calls.length > 0) return false;
  if (settings.withoutCall === 'remind' || reply.finish === 'content-filter') return false;
  return reply.message.content.trim() !== '';
}

function missingCall(parsed: ParsedTurn, reply: ModelReply): string | undefined {
  if (parsed.calls.length > 0) return undefined;
  return reply.finish === 'content-filter' ? FILTERED : REMINDER;
}

const REMINDER = 'Your message holds no call. Go on with one, or submit if the work is done.';
const FILTERED = 'Your last message was withheld by a content filter. Go on in other words.';

function endingOf(turn: TurnOutcome, finishes: boolean, reply: ModelReply): Ending | undefined {
  if (turn.ends) return endByTool(turn.ends.tool, turn.ends);
  return finishes ? endByWords(reply.message.content) : undefined;
}

/** A tool said that the work is over. */
export function endByTool(tool: string, ends: NonNullable<ToolResult['ends']>): Ending {
  return { ...ends, tool, reason: `The agent called ${tool}.` };
}

/** Nothing was called any more: the last words are the submission. */
export function endByWords(submission: string): Ending {
  return { outcome: 'finished', submission, reason: 'The agent called no more tools.' };
}
