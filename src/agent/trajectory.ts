// Where rollouts are written as they happen, and how far a written one had come.
import type { Message } from '../core/schema/model.ts';
import type { Trajectory, TrajectoryLine } from '../core/schema/trajectory.ts';
import { addUsage, noUsage } from '../llm/usage-sum.ts';
import type { ConversationEntry } from './history.ts';
import type { Progress } from './stop-rules.ts';
import { patchText } from './text-delta.ts';

/** Takes each line when it is certain. After it resolves, a killed process has not lost it. */
export type SaveLine = (line: TrajectoryLine) => Promise<void> | void;

/** Keeps the lines in memory. */
export function collectTrajectory(): { save: SaveLine; read: () => Trajectory } {
  const lines: TrajectoryLine[] = [];
  return {
    save: (line) => {
      lines.push(line);
    },
    read: () => assembleTrajectory(lines),
  };
}

/** Puts lines together. A rollout that went on after an end has several; only the last one counts. */
export function assembleTrajectory(lines: readonly TrajectoryLine[]): Trajectory {
  const start = lines.find((line) => line.type === 'start');
  if (!start) throw new RangeError('A trajectory begins with its start line.');
  const last = lines.at(-1);
  return {
    start,
    steps: lines.filter((line) => line.type === 'step'),
    end: last?.type === 'end' ? last : null,
  };
}

/** The conversation as it stood after the last step. */
export function conversationOf(trajectory: Trajectory): ConversationEntry[] {
  const entries = trajectory.start.messages.map((message) => ({ message, observation: false }));
  for (const step of trajectory.steps) {
    entries.push({ message: step.message, observation: false });
    const observation = step.actions.length > 0;
    entries.push(...step.appended.map((message) => ({ message, observation })));
  }
  return entries;
}

/** The messages alone, e.g. for a training export. */
export function messagesOf(trajectory: Trajectory): Message[] {
  return conversationOf(trajectory).map(({ message }) => message);
}

/** The bodies of all requests, to the letter. */
export function rawRequestsOf(trajectory: Trajectory): string[] {
  let text = '';
  return trajectory.steps.map((step) => {
    text = patchText(text, step.call.rawRequest);
    return text;
  });
}

/** How far the rollout had come. Time between sittings does not count. */
export function progressOf(trajectory: Trajectory): Progress {
  const { steps } = trajectory;
  let formatErrors = 0;
  for (const step of steps) formatErrors = isUnusable(step) ? formatErrors + 1 : 0;
  return {
    steps: steps.length,
    costUsd: steps.reduce((sum, { call }) => sum + (call.costUsd ?? 0), 0),
    wallMs: steps.reduce((sum, step) => sum + step.wallMs, 0),
    usage: steps.reduce((sum, { call }) => addUsage(sum, call.usage), noUsage),
    formatErrors,
    lastTools: steps.at(-1)?.actions.map(({ tool }) => tool) ?? [],
  };
}

/** Whether nothing of the turn could be acted on. */
export function isUnusable(
  step: Pick<Trajectory['steps'][number], 'actions' | 'formatError'>,
): boolean {
  if (step.formatError !== undefined) return true;
  return (
    step.actions.length > 0 &&
    step.actions.every(({ status }) => status === 'unknown-tool' || status === 'bad-arguments')
  );
}
