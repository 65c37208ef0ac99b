// The agent that knows the answer: a task that it cannot solve is broken.
import { SwemintError } from '../../core/errors.ts';
import { gitCommand } from '../baseline.ts';
import { defineAgent } from './agent.ts';
import { runWithoutModel } from './without-model.ts';

/** Throws `SwemintError('no-oracle-patch')` when it was not given the known fix. */
export default defineAgent({
  name: 'oracle',
  summary: 'Applies the known fix. Every good task must pass under it.',
  run: async (work) => {
    const { oraclePatch, bench, signal } = work;
    if (!oraclePatch) {
      throw new SwemintError('no-oracle-patch', 'The oracle agent was given no known fix.');
    }
    return runWithoutModel('oracle', work, async () => {
      const result = await bench.sandbox.exec({
        argv: [...gitCommand, 'apply', '--whitespace=nowarn', '-'],
        cwd: bench.baseline?.folder ?? bench.folder,
        stdin: oraclePatch,
        ...(signal === undefined ? {} : { signal }),
      });
      if (result.exitCode === 0) {
        return { outcome: 'finished', reason: 'The known fix was applied.', submission: '' };
      }
      const why = result.stderr.trim().split('\n')[0] ?? result.outcome;
      return { outcome: 'error', reason: `The known fix does not apply: ${why}` };
    });
  },
});
