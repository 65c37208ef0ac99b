// The record of an agent that works without a model: a trajectory with a start, an end and no steps.
import { randomUUID } from 'node:crypto';
import type { AgentOutcome } from '../../core/schema/trajectory.ts';
import { version } from '../../lib/version.ts';
import { noUsage } from '../../llm/usage-sum.ts';
import { promptHash } from '../prompt-hash.ts';
import type { AgentResult } from '../run-agent.ts';
import type { AgentWork } from './agent.ts';

/** What the work came to. */
export interface WorkEnding {
  outcome: AgentOutcome;
  reason: string;
  submission?: string;
  error?: unknown;
}

/** Runs work that asks no model, and saves it like any other rollout. */
export async function runWithoutModel(
  name: string,
  work: AgentWork,
  act: () => Promise<WorkEnding>,
): Promise<AgentResult> {
  const begun = performance.now();
  const messages = [...work.messages];
  await work.save?.({
    type: 'start',
    version: 1,
    id: randomUUID(),
    task: work.task ?? null,
    stage: work.stage ?? 'agent',
    model: name,
    format: 'tools',
    tools: [],
    sampling: {},
    sample: work.sample ?? 0,
    promptHash: promptHash('tools', [], messages),
    messages,
    startedAt: new Date().toISOString(),
    swemint: version,
  });
  const {
    outcome,
    reason,
    submission = null,
    error,
  } = work.signal?.aborted
    ? { outcome: 'aborted' as const, reason: 'It was aborted.' }
    : await act();
  const wallMs = performance.now() - begun;
  const totals = { steps: 0, usage: noUsage, costUsd: 0, wallMs };
  await work.save?.({
    type: 'end',
    outcome,
    reason,
    tool: null,
    submission,
    ...totals,
    endedAt: new Date().toISOString(),
  });
  return {
    outcome,
    reason,
    tool: null,
    submission,
    messages,
    progress: { ...totals, formatErrors: 0, lastTools: [] },
    ...(error === undefined ? {} : { error }),
  };
}
