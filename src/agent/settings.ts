// What the agent loop can be told.
import type { Tool, Workbench } from '../core/agent.ts';
import type { Model } from '../core/model.ts';
import type { Message, Sampling } from '../core/schema/model.ts';
import type { Trajectory } from '../core/schema/trajectory.ts';
import type { ActionFormat } from './formats/format.ts';
import type { HistoryPolicy } from './history.ts';
import type { StopRule } from './stop-rules.ts';
import type { SaveLine } from './trajectory.ts';

export interface AgentSettings {
  model: Model;
  tools: readonly Tool[];
  bench: Workbench;
  /** What the model is told first: usually a system message and the task. */
  messages: readonly Message[];
  /** Default: function calling. */
  format?: ActionFormat;
  /**
   * What a reply without any call means in function calling. `finish`: the agent has nothing left to
   * do. `remind`: it is told that it must act or submit, and that counts as a format error, as it
   * always does in the other formats. Default `finish`.
   */
  withoutCall?: 'finish' | 'remind';
  stopWhen?: readonly StopRule[];
  history?: HistoryPolicy;
  /** Characters of a tool's output that the model is shown. Default 16,000. */
  observationLimit?: number;
  /** Milliseconds for tools without a limit of their own. Default 300,000. */
  toolTimeoutMs?: number;
  sampling?: Sampling;
  /** Which draw of the same task this is: draws do not share cached replies. Default 0. */
  sample?: number;
  task?: string;
  stage?: string;
  /** Takes every line of the trajectory; see `openTrajectoryFile` and `collectTrajectory`. */
  save?: SaveLine;
  /**
   * Goes on where a trajectory stopped. In a `fresh` sandbox its actions are done again first,
   * without the model; in the `same` one nothing is.
   */
  resume?: { trajectory: Trajectory; sandbox: 'fresh' | 'same' };
  signal?: AbortSignal;
}
