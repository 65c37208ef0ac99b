// The contract of an agent: given a workbench and a task it works until it has an outcome.
import type { Model } from '../../core/model.ts';
import type { AgentResult } from '../run-agent.ts';
import type { AgentSettings } from '../settings.ts';

/** What any agent may use; those without a model ignore most of it. */
export type AgentWork = Omit<AgentSettings, 'model'> & {
  model?: Model;
  /** The known fix, for agents that are allowed to know it. */
  oraclePatch?: string;
};

export interface Agent {
  readonly name: string;
  readonly summary: string;
  run(work: AgentWork): Promise<AgentResult>;
}

/** Declares an agent; the identity function that gives extension authors types. */
export function defineAgent(agent: Agent): Agent {
  return agent;
}
