// Follows a report while it is being written and stops the run once too many tests have failed.
import { setTimeout as sleep } from 'node:timers/promises';
import { SwemintError } from '../../core/errors.ts';
import type { Sandbox } from '../../core/sandbox.ts';

const EVERY_MS = 150;
const FAILED = '"status":"failed"';

/** Resolves when the run was stopped or `signal` says that it has ended. Never rejects. */
export async function watchFailures(
  sandbox: Pick<Sandbox, 'read'>,
  report: string,
  limit: number,
  stop: AbortController,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if ((await countFailures(sandbox, report)) > limit) {
      stop.abort();
      return;
    }
  }
}

async function countFailures(sandbox: Pick<Sandbox, 'read'>, report: string): Promise<number> {
  try {
    return new TextDecoder().decode(await sandbox.read(report)).split(FAILED).length - 1;
  } catch (error) {
    // Before the first test there is no report.
    if (error instanceof SwemintError && error.code === 'no-such-file') return 0;
    throw error;
  }
}
