// Door `swemint/define`: all that the author of an extension needs.
export { defineAgent } from './agent/agents/agent.ts';
export type { Agent, AgentWork } from './agent/agents/agent.ts';
export { defineTool } from './core/agent.ts';
export type { Tool, ToolResult, ToolSandbox, Workbench } from './core/agent.ts';
export { SwemintError } from './core/errors.ts';
export { defineFramework } from './core/framework.ts';
export type {
  Detection,
  Framework,
  RepositoryFacts,
  SuiteCommand,
  SuiteRequest,
  SuiteSelection,
} from './core/framework.ts';
export { defineLanguage } from './core/language.ts';
export type { Language, SyntaxQuery } from './core/language.ts';
export { defineMutator } from './core/mutator.ts';
export type { Edit, Mutation, Mutator, MutatorSettings, Scene, Site } from './core/mutator.ts';
export { createRandom } from './core/random.ts';
export type { Random } from './core/random.ts';
export type {
  Command,
  ExecResult,
  Isolation,
  Limits,
  Sandbox,
  SandboxOptions,
  SandboxProcess,
  SandboxProvider,
  Snapshot,
} from './core/sandbox.ts';
export { defineExporter } from './export/exporter.ts';
export type { Exporter, ExportOptions, Unexportable } from './export/exporter.ts';
