// The env agent in general: one conversation that ends with both scripts.
import type { EnvironmentMaker } from '../../../core/schema/index.ts';
import type { Scripts } from '../scripted-spec.ts';
import { payerOf } from '../workplace.ts';
import type { AgentScene } from './scene.ts';
import {
  instructionsFor,
  makerOf,
  openWorkshop,
  taskFor,
  toolsFor,
  withoutSandboxPaths,
} from './scene.ts';
import type { Refusal, StageEnd } from './conversation.ts';
import { runStage } from './conversation.ts';

/** Puts scripts before the gate. */
export type Judge<Accepted> = (
  scripts: Scripts,
  maker: EnvironmentMaker,
  /** What the agent has been told before: a warning is given once. */
  heard: readonly string[],
) => Promise<{ accepted: Accepted } | { refused: Refusal }>;

/** Lets the agent work until the gate accepts its scripts, or it is done for. */
export async function runOneStage<Accepted>(
  scene: AgentScene,
  judge: Judge<Accepted>,
): Promise<StageEnd<Accepted>> {
  const { kit, config, model, trajectories, attempt, workplace } = scene;
  const instructions = instructionsFor('whole', scene);
  const maker = makerOf(scene, instructions);
  await using room = await openWorkshop(scene);
  // Awaited here: the room is open only until this function returns.
  return await runStage({
    kind: 'whole',
    kit,
    model,
    tools: toolsFor('whole', config),
    sandbox: room.sandbox,
    folder: room.folder,
    fresh: room.fresh,
    instructions,
    task: await taskFor(scene, room.folder),
    steps: config.environment.steps,
    refusals: config.environment.refusals,
    trajectories,
    prefix: 'setup',
    payer: payerOf(workplace),
    sample: attempt,
    judge: ({ installScript = '', testScript = '' }, heard) =>
      judge(
        {
          installScript: withoutSandboxPaths(installScript, room),
          testScript: withoutSandboxPaths(testScript, room),
        },
        maker,
        heard,
      ),
  });
}
