// The contract of agents and their tools: what a tool may touch, and what it gives back.
import type { z } from 'zod';
import type { Sandbox } from './sandbox.ts';

/** The part of a sandbox that tools may use: no disposing, no restoring, no way to the host's files. */
export type ToolSandbox = Pick<Sandbox, 'root' | 'exec' | 'spawn' | 'read' | 'write'>;

/** Where the work started: what `patch` compares with and `reset` returns to. */
export interface WorkBaseline {
  /** The repository's folder inside the sandbox, absolute. */
  folder: string;
  /** A commit of that repository. */
  commit: string;
  /** Repository-relative paths that never belong to a patch, e.g. tests. */
  isExcluded: (path: string) => boolean;
}

/** What every tool of one rollout shares. */
export interface Workbench extends AsyncDisposable {
  readonly sandbox: ToolSandbox;
  /** Absolute folder inside the sandbox that relative paths start from. */
  readonly folder: string;
  readonly baseline: WorkBaseline | undefined;
  /** Notes that survive a resumed rollout; plain JSON. */
  readonly state: Record<string, unknown>;
  /**
   * One value per rollout and key, made on first use, disposed with the workbench when it can be:
   * a shell, an editing history.
   */
  keep<T>(key: object, open: () => T): T;
}

/** What a tool says. A failure is an answer too: it goes to the model. */
export interface ToolResult {
  content: string;
  /** The tool could not do what was asked. A command with a bad exit code is not a failed tool. */
  failed?: boolean;
  /** Ends the rollout. `finished` is success in the agent's own eyes, `stopped` is giving up. */
  ends?: { outcome: 'finished' | 'stopped'; submission: string | null };
  /** For machines: kept in the trajectory, never shown to the model. */
  data?: Record<string, unknown>;
}

export interface ToolCallContext {
  bench: Workbench;
  /** Aborted when the tool's time or the rollout ends. */
  signal: AbortSignal;
}

export interface Tool<Parameters extends z.ZodObject = z.ZodObject> {
  /** As the model calls it. */
  readonly name: string;
  /** Written for the model. */
  readonly description: string;
  readonly parameters: Parameters;
  /** Changes nothing, so calls of one turn may run side by side. */
  readonly readOnly?: boolean;
  /** Milliseconds until it is cut; the rollout's default otherwise. */
  readonly timeoutMs?: number;
  run(args: z.output<Parameters>, context: ToolCallContext): Promise<ToolResult>;
}

/** Declares a tool: its zod parameters become the schema the model sees and the check its arguments pass. */
export function defineTool<Parameters extends z.ZodObject>(tool: Tool<Parameters>): Tool {
  return tool;
}
