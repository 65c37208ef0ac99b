// The agent loop: messages in, typed outcome out, every step saved before the next one begins.
import { errorMessage } from '../core/errors.ts';
import { ModelError } from '../core/model.ts';
import type { Message } from '../core/schema/model.ts';
import type { AgentOutcome, Trajectory, TrajectoryStep } from '../core/schema/trajectory.ts';
import { rebuildWork } from './rebuild.ts';
import { beginRollout, type Rollout } from './rollout.ts';
import type { AgentSettings } from './settings.ts';
import { defaultStopRules, firstStop, type Progress, timeIsUp } from './stop-rules.ts';
import { endByTool, endByWords, type Ending, takeStep } from './take-step.ts';

export interface AgentResult {
  outcome: AgentOutcome;
  /** One sentence why it ended. */
  reason: string;
  /** The tool that ended it. */
  tool: string | null;
  submission: string | null;
  /** The whole transcript. */
  messages: Message[];
  progress: Progress;
  /** What was thrown, when the outcome is `error`. */
  error?: unknown;
}

/**
 * Runs an agent to its end. Never throws for anything the model, a tool or the sandbox does: that
 * is an outcome. Only a failing `save` throws, because work that cannot be saved must not go on.
 */
export async function runAgent(settings: AgentSettings): Promise<AgentResult> {
  const rollout = beginRollout(settings);
  if (!settings.resume) await settings.save?.(rollout.start);
  const ending = await work(rollout);
  const { progress } = rollout;
  const submission = ending.submission ?? null;
  const tool = ending.tool ?? null;
  await settings.save?.({
    type: 'end',
    outcome: ending.outcome,
    reason: ending.reason,
    tool,
    submission,
    steps: progress.steps,
    usage: progress.usage,
    costUsd: rollout.unpriced ? null : progress.costUsd,
    wallMs: progress.wallMs,
    endedAt: new Date().toISOString(),
  });
  return {
    outcome: ending.outcome,
    reason: ending.reason,
    tool,
    submission,
    messages: rollout.entries.map(({ message }) => message),
    progress,
    ...(ending.error === undefined ? {} : { error: ending.error }),
  };
}

async function work(rollout: Rollout): Promise<Ending> {
  const { settings, progress } = rollout;
  const done = endOf(settings.resume?.trajectory);
  if (done) return done;
  const rules = settings.stopWhen ?? defaultStopRules;
  const limitMs = Math.min(...rules.map(({ withinMs }) => withinMs ?? Number.POSITIVE_INFINITY));
  const clock = new AbortController();
  const left = limitMs - progress.wallMs;
  const timer = Number.isFinite(left)
    ? setTimeout(() => clock.abort(), Math.max(0, left))
    : undefined;
  const signal = settings.signal ? AbortSignal.any([settings.signal, clock.signal]) : clock.signal;
  let saving = false;
  try {
    if (settings.resume) await rebuildWork(settings.resume, settings, signal);
    for (;;) {
      signal.throwIfAborted();
      const stop = firstStop(rules, progress);
      if (stop) return stop;
      const { step, ending } = await takeStep(rollout, signal);
      saving = true;
      await settings.save?.(step);
      saving = false;
      if (ending) return ending;
    }
  } catch (error) {
    if (saving) throw error;
    if (settings.signal?.aborted) return { outcome: 'aborted', reason: 'It was aborted.' };
    if (clock.signal.aborted) return { outcome: 'time-limit', reason: timeIsUp(limitMs) };
    return explainEnding(error);
  } finally {
    clearTimeout(timer);
  }
}

function explainEnding(error: unknown): Ending {
  const reason = errorMessage(error);
  if (error instanceof ModelError) {
    if (error.code === 'model-context-limit') return { outcome: 'context-limit', reason };
    if (error.code === 'budget-exhausted') return { outcome: 'cost-limit', reason };
  }
  return { outcome: 'error', reason, error };
}

/** An agent that said it was done, or gave up, is not asked again. */
function endOf(past: Trajectory | undefined): Ending | undefined {
  if (!past?.end) return endOfStep(past?.steps.at(-1));
  const { outcome, reason, tool, submission } = past.end;
  if (outcome !== 'finished' && outcome !== 'stopped') return undefined;
  return { outcome, reason, submission, ...(tool === null ? {} : { tool }) };
}

/** The same of a step whose rollout was killed before the end could be written. */
function endOfStep(step: TrajectoryStep | undefined): Ending | undefined {
  if (!step) return undefined;
  const action = step.actions.find(({ ends }) => ends);
  if (action?.ends) return endByTool(action.tool, action.ends);
  const said = step.actions.length === 0 && step.formatError === undefined;
  return said ? endByWords(step.message.content) : undefined;
}
