// How many candidates are validated at once.
import { availableParallelism } from 'node:os';
import type { ScaleConfig } from '../../config/schema.ts';
import type { Kit } from '../../kit.ts';

/** What the user asked for or one per core, bounded by what the sandbox provider can keep apart. */
export async function countWorkers(
  kit: Pick<Kit, 'sandbox' | 'emit'>,
  config: Pick<ScaleConfig, 'workers'>,
): Promise<number> {
  const wanted = config.workers ?? availableParallelism();
  const capacity = await kit.sandbox.capacity();
  if (config.workers !== null && capacity < wanted) {
    kit.emit({
      type: 'warning',
      code: 'fewer-workers',
      message: `Using ${capacity} of ${wanted} workers: this machine cannot give each one a private view of the repository.`,
      hint: '`swemint doctor` says which isolation is in force.',
    });
  }
  return Math.min(wanted, capacity);
}
