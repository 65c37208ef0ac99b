// What the tools of one rollout share: the narrowed sandbox, the working folder, and what they keep.
import type { ToolSandbox, Workbench, WorkBaseline } from '../core/agent.ts';
import type { Sandbox } from '../core/sandbox.ts';

export interface WorkbenchOptions {
  sandbox: Sandbox;
  /** Absolute, inside the sandbox; its root when absent. */
  folder?: string;
  /** Needed by `patch` and `reset`; see `recordBaseline`. */
  baseline?: WorkBaseline;
}

/** Opens a workbench. Disposing it ends what tools keep, never the sandbox, which is its owner's. */
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const kept = new Map<object, unknown>();
  return {
    sandbox: narrow(options.sandbox),
    folder: options.folder ?? options.sandbox.root,
    baseline: options.baseline,
    state: {},
    keep: <T>(key: object, open: () => T): T => {
      if (!kept.has(key)) kept.set(key, open());
      return kept.get(key) as T;
    },
    [Symbol.asyncDispose]: async () => {
      const values = [...kept.values()].reverse();
      kept.clear();
      for (const value of values) {
        if (isDisposable(value)) await value[Symbol.asyncDispose]();
      }
    },
  };
}

// The methods alone, so that not even a cast finds the rest.
function narrow(sandbox: Sandbox): ToolSandbox {
  return {
    root: sandbox.root,
    exec: (command) => sandbox.exec(command),
    spawn: (command) => sandbox.spawn(command),
    read: (path) => sandbox.read(path),
    write: (path, data) => sandbox.write(path, data),
  };
}

function isDisposable(value: unknown): value is AsyncDisposable {
  return value !== null && typeof value === 'object' && Symbol.asyncDispose in value;
}
