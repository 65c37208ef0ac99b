// Door `swemint`: run the pipelines, and agents, from code.
export { agents } from './agent/agents/registry.ts';
export { recordBaseline } from './agent/baseline.ts';
export { actionFormats } from './agent/formats/registry.ts';
export { keepAll, keepLastOutputs } from './agent/history.ts';
export type { HistoryPolicy } from './agent/history.ts';
export { readPatch } from './agent/read-patch.ts';
export { runAgent } from './agent/run-agent.ts';
export type { AgentResult } from './agent/run-agent.ts';
export type { AgentSettings } from './agent/settings.ts';
export {
  afterTool,
  costLimit,
  defaultStopRules,
  formatErrorLimit,
  stepLimit,
  timeLimit,
} from './agent/stop-rules.ts';
export type { Progress, Stop, StopRule } from './agent/stop-rules.ts';
export { bashTool } from './agent/tools/bash.ts';
export { agentTools } from './agent/tools/registry.ts';
export { collectTrajectory, messagesOf, rawRequestsOf } from './agent/trajectory.ts';
export type { SaveLine } from './agent/trajectory.ts';
export { openTrajectoryFile, readTrajectory } from './agent/trajectory-file.ts';
export { openWorkbench } from './agent/workbench.ts';
export { SwemintError } from './core/errors.ts';
export { ModelError } from './core/model.ts';
export type { CallContext, CallStore, Model } from './core/model.ts';
export type { Emit, Stage, SwemintEvent } from './core/events.ts';
export type { Store } from './core/store.ts';
export { loadConfig } from './config/load.ts';
export { canonicalSettings, scaleConfig } from './config/schema.ts';
export type { ScaleConfig, ScaleConfigInput } from './config/schema.ts';
export { writeDataset } from './export/dataset.ts';
export type { Dataset } from './export/dataset.ts';
export { exportTasks } from './export/export-tasks.ts';
export { readTasks } from './export/read-tasks.ts';
export { noModel, prepareModel } from './kit.ts';
export type { Kit, ModelHand, ModelHandOptions } from './kit.ts';
export { modelConfig } from './config/model.ts';
export type { ModelConfig } from './config/model.ts';
export { env } from './pipelines/env/index.ts';
export type { EnvOptions, EnvResult } from './pipelines/env/index.ts';
export { readRecords as readEnvironments } from './pipelines/environment/records.ts';
export { scale } from './pipelines/scale/index.ts';
export type { ScaleResult, SourceFailure } from './pipelines/scale/index.ts';
export { assembleTasks } from './pipelines/scale/tasks.ts';
export { verifyTasks } from './pipelines/verify/index.ts';
export { openCallFile } from './llm/call-file.ts';
export { openModel } from './llm/open-model.ts';
export type { ModelSettings, OpenModel } from './llm/open-model.ts';
export { replayModel } from './llm/wrappers/replay.ts';
export { parseSource } from './repo/parse-source.ts';
export { readInput } from './repo/read-input.ts';
export { sandboxes } from './sandbox/registry.ts';
export { openRun, openRunForReading } from './store/run-folder.ts';
export type { Run, RunPaths } from './store/run-folder.ts';
export { generateCandidates } from './strategies/procedural.ts';
