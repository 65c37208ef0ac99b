// Runs the calls of one turn: in order, except that neighbours which change nothing run side by side.
import type { ToolResult } from '../core/agent.ts';
import type { Action } from '../core/schema/trajectory.ts';
import { MOST_CALLS, type WrittenCall } from './formats/format.ts';
import { type CallScene, runCall } from './run-call.ts';

export interface TurnOutcome {
  actions: Action[];
  /** Set when a call ended the rollout: which tool, and how. */
  ends: (NonNullable<ToolResult['ends']> & { tool: string }) | undefined;
}

/** Actions come back in the order of the calls. After a call that ends the rollout the rest is skipped. */
export async function runTurn(
  calls: readonly WrittenCall[],
  scene: CallScene,
): Promise<TurnOutcome> {
  const actions: Action[] = [];
  const heard = calls.slice(0, MOST_CALLS);
  const unheard = calls
    .slice(MOST_CALLS)
    .map((call) => skip(call, `at most ${MOST_CALLS} calls are run in a turn`));
  for (const group of groupCalls(heard, scene)) {
    const outcomes = await Promise.all(group.map((call) => runCall(call, scene)));
    actions.push(...outcomes.map(({ action }) => action));
    const ending = outcomes.find(({ ends }) => ends);
    if (ending?.ends) {
      const skipped = calls
        .slice(actions.length)
        .map((call) => skip(call, `${ending.action.tool} had ended the work`));
      return {
        actions: [...actions, ...skipped],
        ends: { ...ending.ends, tool: ending.action.tool },
      };
    }
  }
  return { actions: [...actions, ...unheard], ends: undefined };
}

function groupCalls(calls: readonly WrittenCall[], { tools }: CallScene): WrittenCall[][] {
  const isReadOnly = (call: WrittenCall): boolean =>
    tools.find(({ name }) => name === call.tool)?.readOnly ?? false;
  const groups: WrittenCall[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    if (last?.every(isReadOnly) && isReadOnly(call)) last.push(call);
    else groups.push([call]);
  }
  return groups;
}

function skip(call: WrittenCall, why: string): Action {
  return {
    callId: call.callId,
    tool: call.tool,
    arguments: call.arguments,
    input: null,
    observation: `Not run: ${why}.`,
    status: 'skipped',
    startedAt: new Date().toISOString(),
    wallMs: 0,
  };
}
