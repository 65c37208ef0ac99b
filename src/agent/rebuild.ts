// Brings the sandbox of a resumed rollout to where it was: the actions are done again, the model is not asked.
import type { Tool, Workbench } from '../core/agent.ts';
import type { Trajectory } from '../core/schema/trajectory.ts';
import { runCall } from './run-call.ts';

export interface RebuildScene {
  tools: readonly Tool[];
  bench: Workbench;
  toolTimeoutMs?: number;
}

/** In the same sandbox only the tools' notes are restored. What actions say this time is not kept. */
export async function rebuildWork(
  { trajectory, sandbox }: { trajectory: Trajectory; sandbox: 'fresh' | 'same' },
  scene: RebuildScene,
  signal: AbortSignal,
): Promise<void> {
  if (sandbox === 'fresh') {
    for (const action of trajectory.steps.flatMap(({ actions }) => actions)) {
      const ran =
        action.status === 'done' || action.status === 'failed' || action.status === 'timed-out';
      const readOnly = scene.tools.find(({ name }) => name === action.tool)?.readOnly ?? false;
      if (!ran || readOnly) continue;
      await runCall(
        {
          callId: action.callId,
          tool: action.tool,
          arguments: action.arguments,
          parsed: { input: action.input },
        },
        {
          tools: scene.tools,
          bench: scene.bench,
          signal,
          timeoutMs: scene.toolTimeoutMs ?? 300_000,
          observationLimit: 0,
        },
      );
    }
  }
  Object.assign(scene.bench.state, trajectory.steps.at(-1)?.state ?? {});
}
