// What both kinds of agent work share: the repository, the model, and folders to work in.
import { join } from 'node:path';
import edit from '../../../agent/tools/edit.ts';
import search from '../../../agent/tools/search.ts';
import stop from '../../../agent/tools/stop.ts';
import { bashTool } from '../../../agent/tools/bash.ts';
import type { ScaleConfig } from '../../../config/schema.ts';
import type { Tool } from '../../../core/agent.ts';
import { contentHash } from '../../../core/ids.ts';
import type { Model } from '../../../core/model.ts';
import type { Sandbox } from '../../../core/sandbox.ts';
import type { EnvironmentMaker, EnvironmentSpec } from '../../../core/schema/index.ts';
import type { Kit } from '../../../kit.ts';
import { writeAtomic } from '../../../lib/atomic-file.ts';
import { installEnvironment } from '../../../repo/build.ts';
import { planGiven } from '../../../repo/recipes/given.ts';
import { commonVariables } from '../../../repo/variables.ts';
import { layout } from '../../../validation/suite.ts';
import { buildInto } from '../../environment/build.ts';
import { runLimits } from '../../environment/open.ts';
import type { ScriptScene } from '../scripted-spec.ts';
import { freshBase, isThere } from '../workplace.ts';
import type { Workplace } from '../workplace.ts';
import { submitTools } from './submit-scripts.ts';
import type { AgentWorkKind } from './prompts/instructions.ts';
import { renderInstructions } from './prompts/instructions.ts';
import { renderTask } from './prompts/task.ts';
import type { TriedBefore } from './prompts/task.ts';

export interface AgentScene {
  kit: Kit;
  config: ScaleConfig;
  workplace: Workplace;
  scripts: ScriptScene;
  model: Model;
  /** What was tried without a model. */
  tried: readonly TriedBefore[];
  /** Folder of the trajectories of this attempt. */
  trajectories: string;
  /** Which attempt this is, from 0: a later one draws anew. */
  attempt: number;
}

export interface AgentRoom extends AsyncDisposable {
  sandbox: Sandbox;
  /** The repository's folder inside. */
  folder: string;
  /** Whether nothing has been done in it yet. */
  fresh: boolean;
}

/** The tools of each kind of work. */
export function toolsFor(kind: AgentWorkKind, config: ScaleConfig): Tool[] {
  const bash = bashTool({ seconds: config.environment.command, outputBytes: 200_000 });
  const own = [bash, search, submitTools[kind], stop];
  return kind === 'test' ? own : [own[0] ?? bash, edit, ...own.slice(1)];
}

/** The instructions of one kind of work, for this kind of repository. */
export function instructionsFor(kind: AgentWorkKind, scene: AgentScene): string {
  const { environment, limits } = scene.config;
  return renderInstructions(kind, {
    files: scene.workplace.facts.files,
    frameworks: scene.scripts.frameworks,
    replays: environment.replays,
    seconds: environment.command,
    suiteSeconds: limits.baseline,
    steps: kind === 'test' ? environment.testSteps : environment.steps,
    refusals: environment.refusals,
  });
}

/** What the agent is told about the repository. */
export async function taskFor(
  scene: AgentScene,
  folder: string,
  install?: string,
): Promise<string> {
  const { workplace, scripts, tried } = scene;
  const { repository, facts } = workplace;
  const signs = scripts.frameworks.flatMap((framework) => {
    const found = framework.detect(facts);
    return found ? [`${framework.name}: ${found.because}`] : [];
  });
  const names = ['python3', 'node', 'npm', 'pnpm', 'yarn', 'uv', 'git'] as const;
  const programs = await Promise.all(
    names.map(async (name) => {
      const tool = await scripts.machine.find(name);
      return tool ? [`${name} ${tool.version}`] : [];
    }),
  );
  return renderTask(
    {
      name: repository.name,
      revision: repository.revision,
      folder,
      languages: repository.languages,
      files: facts.files,
      signs,
      programs: programs.flat(),
      tried,
    },
    install,
  );
}

/** Who made what comes out of this. */
export function makerOf(scene: AgentScene, ...instructions: readonly string[]): EnvironmentMaker {
  return { kind: 'agent', model: scene.model.name, promptHash: contentHash(...instructions) };
}

/**
 * Opens the place where scripts are worked out: a copy of the repository with the empty environment
 * that install scripts start from, written to directly, with network. One that an earlier sitting
 * has worked in is taken up as it is.
 */
export async function openWorkshop(scene: AgentScene): Promise<AgentRoom> {
  const { kit, config, workplace, scripts } = scene;
  const base = join(workplace.folder, 'workshop');
  const mark = join(workplace.folder, 'workshop.ready');
  const forPython = scripts.languages[0] === 'python';
  const { env, install, packageManager } = await planGiven(forPython, scripts.machine, '');
  const spec: EnvironmentSpec = {
    language: scripts.languages[0] ?? 'unknown',
    packageManager,
    recipe: 'workshop',
    install: [...install],
    env: { ...commonVariables, ...env },
    test: { framework: '', args: [], env: {}, cwd: '.' },
  };
  const fresh = !(await isThere(mark));
  if (fresh) {
    await freshBase(workplace, 'workshop');
    const built = await buildInto(base, spec, kit, config, scripts.machine);
    if (!built.ok) throw new Error(`An empty environment cannot be made: ${built.logTail}`);
    await writeAtomic(mark, '');
  }
  const { memoryBytes, processes } = runLimits(config);
  const sandbox = await kit.sandbox.open({
    base,
    access: 'direct',
    network: true,
    env: await installEnvironment(spec, base),
    limits: {
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(processes === undefined ? {} : { processes }),
    },
    signal: kit.signal,
  });
  return {
    sandbox,
    folder: `${sandbox.root}/${layout.repository}`,
    fresh,
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

/** Paths of the agent's sandbox as scripts have to write them. */
export function withoutSandboxPaths(script: string, room: AgentRoom): string {
  return script.replaceAll(room.sandbox.root, '$BASE');
}
