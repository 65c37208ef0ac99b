// The env agent for JavaScript and TypeScript: one context installs, a fresh one finds the test command.
import { commonVariables, fillVariables } from '../../../repo/variables.ts';
import { planGiven } from '../../../repo/recipes/given.ts';
import { shortHash } from '../../../core/ids.ts';
import type { EnvironmentSpec } from '../../../core/schema/index.ts';
import { layout } from '../../../validation/suite.ts';
import { buildInto } from '../../environment/build.ts';
import { runLimits } from '../../environment/open.ts';
import { reviewInstallScript } from '../script-rules/install-script.ts';
import { freshBase, payerOf, removeBase } from '../workplace.ts';
import { runStage } from './conversation.ts';
import type { Refusal, StageEnd } from './conversation.ts';
import type { Judge } from './one-stage.ts';
import type { AgentRoom, AgentScene } from './scene.ts';
import {
  instructionsFor,
  makerOf,
  openWorkshop,
  taskFor,
  toolsFor,
  withoutSandboxPaths,
} from './scene.ts';

export interface TwoStageEnd<Accepted> {
  /** Which stage came to this end. */
  stage: 1 | 2;
  end: StageEnd<Accepted>;
  files: string[];
}

/**
 * Stage 1 delivers an install script that builds; stage 2 works in such a build, offline and without
 * lasting changes, and delivers the test script. Both together go before the gate. When stage 2 gives
 * up, its reason goes back to stage 1 like a refusal.
 */
export async function runTwoStages<Accepted>(
  scene: AgentScene,
  judge: Judge<Accepted>,
): Promise<TwoStageEnd<Accepted>> {
  const { kit, config, model, trajectories, attempt, workplace } = scene;
  const testFiles: string[] = [];
  await using room = await openWorkshop(scene);
  const installed = await runStage<StageEnd<Accepted>>({
    kind: 'install',
    kit,
    model,
    tools: toolsFor('install', config),
    sandbox: room.sandbox,
    folder: room.folder,
    fresh: room.fresh,
    instructions: instructionsFor('install', scene),
    task: await taskFor(scene, room.folder),
    steps: config.environment.steps,
    refusals: config.environment.refusals,
    trajectories,
    prefix: 'install',
    payer: payerOf(workplace),
    sample: attempt,
    judge: async ({ installScript = '' }) => {
      const script = withoutSandboxPaths(installScript, room);
      const refusal = await tryInstall(scene, script);
      if (refusal) return { refused: refusal };
      const tested = await runTestStage(scene, script, judge);
      testFiles.push(...tested.files);
      if (tested.end !== 'stopped') return { accepted: tested };
      const reason = `The colleague who worked in a build of it found no way to run the tests. ${tested.reason}`;
      return { refused: { code: 'no-test-command', reason, output: '' } };
    },
  });
  const files = [...installed.files, ...testFiles];
  return installed.end === 'accepted'
    ? { stage: 2, end: installed.accepted, files }
    : { stage: 1, end: installed, files };
}

/** Whether the script builds from a fresh checkout; the build is thrown away. */
async function tryInstall(scene: AgentScene, script: string): Promise<Refusal | undefined> {
  const forbidden = await reviewInstallScript(script);
  if (forbidden) return { ...forbidden, output: '' };
  const built = await buildFor(scene, script);
  if (!built.ok) return built.refusal;
  await removeBase(built.base);
  return undefined;
}

async function runTestStage<Accepted>(
  scene: AgentScene,
  installScript: string,
  judge: Judge<Accepted>,
): Promise<StageEnd<Accepted>> {
  const { kit, config, model, trajectories, attempt, workplace } = scene;
  const instructions = instructionsFor('test', scene);
  const maker = makerOf(scene, instructionsFor('install', scene), instructions);
  const built = await buildFor(scene, installScript);
  // It built a moment ago: what fails now is no fault of the second stage.
  if (!built.ok) return { end: 'refused', refusal: built.refusal, files: [] };
  const sandbox = await kit.sandbox.open({
    base: built.base,
    access: 'copy-on-write',
    network: false,
    env: { ...fillVariables(built.spec.env, built.base), BASE: built.base },
    limits: runLimits(config),
    signal: kit.signal,
  });
  await using room: AgentRoom = {
    sandbox,
    folder: `${sandbox.root}/${layout.repository}`,
    fresh: true,
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]();
      await removeBase(built.base);
    },
  };
  // Awaited here: the room is open only until this function returns.
  return await runStage({
    kind: 'test',
    kit,
    model,
    tools: toolsFor('test', config),
    sandbox,
    folder: room.folder,
    fresh: room.fresh,
    instructions,
    task: await taskFor({ ...scene, tried: [] }, room.folder, installScript),
    steps: config.environment.testSteps,
    refusals: config.environment.refusals,
    trajectories,
    // One conversation per install script: what was found out about another does not count.
    prefix: `test-${shortHash(installScript)}`,
    payer: payerOf(workplace),
    sample: attempt,
    judge: ({ testScript = '' }, heard) =>
      judge({ installScript, testScript: withoutSandboxPaths(testScript, room) }, maker, heard),
  });
}

type StageBuild =
  | { ok: true; base: string; spec: EnvironmentSpec }
  | { ok: false; refusal: Refusal };

async function buildFor(scene: AgentScene, script: string): Promise<StageBuild> {
  const { kit, config, workplace, scripts } = scene;
  const { env, install, packageManager } = await planGiven(false, scripts.machine, script);
  const spec: EnvironmentSpec = {
    language: scripts.languages[0] ?? 'javascript',
    packageManager,
    recipe: 'given',
    install: [...install],
    env: { ...commonVariables, ...env },
    test: { framework: '', args: [], env: {}, cwd: '.' },
  };
  const base = await freshBase(workplace, 'stage-2');
  const built = await buildInto(base, spec, kit, config, scripts.machine);
  if (built.ok) return { ok: true, base, spec };
  await removeBase(base);
  return {
    ok: false,
    refusal: {
      code: 'install-failed',
      reason: `In a fresh checkout the install script fails. ${built.reason}`,
      output: built.logTail,
    },
  };
}
