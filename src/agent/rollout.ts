// The state of a rollout: the conversation and how far it has come, from the start or from where it stopped.
import { randomUUID } from 'node:crypto';
import type { Message } from '../core/schema/model.ts';
import type { TrajectoryStart, TrajectoryStep } from '../core/schema/trajectory.ts';
import { version } from '../lib/version.ts';
import { addUsage, noUsage } from '../llm/usage-sum.ts';
import { describeTool } from './describe-tool.ts';
import type { ActionFormat } from './formats/format.ts';
import toolsFormat from './formats/tools.ts';
import type { ConversationEntry } from './history.ts';
import { promptHash } from './prompt-hash.ts';
import type { AgentSettings } from './settings.ts';
import type { Progress } from './stop-rules.ts';
import { conversationOf, isUnusable, progressOf, rawRequestsOf } from './trajectory.ts';

export interface Rollout {
  settings: AgentSettings;
  start: TrajectoryStart;
  format: ActionFormat;
  entries: ConversationEntry[];
  progress: Progress;
  /** A call's price was not known. */
  unpriced: boolean;
  lastRawRequest: string;
  /** How much of the past had to be left out for the last request. */
  pressure: number;
}

/** Begins a rollout, or takes up the one that `resume` names: then its own first messages count. */
export function beginRollout(settings: AgentSettings): Rollout {
  const format = settings.format ?? toolsFormat;
  const past = settings.resume?.trajectory;
  if (past) {
    return {
      settings,
      format,
      start: past.start,
      entries: conversationOf(past),
      progress: progressOf(past),
      unpriced: past.steps.some(({ call }) => call.costUsd === null),
      lastRawRequest: rawRequestsOf(past).at(-1) ?? '',
      pressure: 0,
    };
  }
  const tools = settings.tools.map(describeTool);
  const told = withInstructions(settings.messages, format.instructions(tools));
  const messages = settings.model.redact?.(told) ?? told;
  const start: TrajectoryStart = {
    type: 'start',
    version: 1,
    id: randomUUID(),
    task: settings.task ?? null,
    stage: settings.stage ?? 'agent',
    model: settings.model.name,
    format: format.name,
    tools,
    sampling: settings.sampling ?? {},
    sample: settings.sample ?? 0,
    promptHash: promptHash(format.name, tools, messages),
    messages,
    startedAt: new Date().toISOString(),
    swemint: version,
  };
  return {
    settings,
    format,
    start,
    entries: messages.map((message) => ({ message, observation: false })),
    progress: {
      steps: 0,
      costUsd: 0,
      wallMs: 0,
      usage: noUsage,
      formatErrors: 0,
      lastTools: [],
    },
    unpriced: false,
    lastRawRequest: '',
    pressure: 0,
  };
}

/** Adds a step. */
export function recordStep(rollout: Rollout, step: TrajectoryStep, rawRequest: string): void {
  const { progress, entries } = rollout;
  const observation = step.actions.length > 0;
  entries.push({ message: step.message, observation: false });
  entries.push(...step.appended.map((message) => ({ message, observation })));
  rollout.lastRawRequest = rawRequest;
  rollout.unpriced ||= step.call.costUsd === null;
  progress.steps += 1;
  progress.costUsd += step.call.costUsd ?? 0;
  progress.wallMs += step.wallMs;
  progress.usage = addUsage(progress.usage, step.call.usage);
  progress.formatErrors = isUnusable(step) ? progress.formatErrors + 1 : 0;
  progress.lastTools = step.actions.map(({ tool }) => tool);
}

function withInstructions(messages: readonly Message[], instructions: string): Message[] {
  if (instructions === '') return [...messages];
  const [first, ...others] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: instructions }, ...messages];
  return [{ ...first, content: `${first.content}\n\n${instructions}` }, ...others];
}
