// Where a path that a model wrote leads.
import type { Workbench } from '../../core/agent.ts';

/** Absolute, from the working folder. The sandbox decides whether it may be touched. */
export function resolvePath(bench: Pick<Workbench, 'folder'>, path: string): string {
  return path.startsWith('/') ? path : `${bench.folder}/${path.replace(/^(?:\.\/)+/, '')}`;
}
