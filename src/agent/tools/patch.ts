// The tool that shows an agent its own changes.
import { z } from 'zod';
import { SwemintError } from '../../core/errors.ts';
import { defineTool } from '../../core/agent.ts';
import { readPatch } from '../read-patch.ts';

export default defineTool({
  name: 'patch',
  description:
    'Show all your changes so far as a patch: what differs from the start, new files included, tests not.',
  parameters: z.object({}),
  readOnly: true,
  run: async (_, { bench, signal }) => {
    if (!bench.baseline) return { content: 'No start was recorded here.', failed: true };
    try {
      const patch = await readPatch(bench.sandbox, bench.baseline, signal);
      return {
        content: patch === '' ? 'Nothing has changed.' : patch,
        data: { bytes: patch.length },
      };
    } catch (error) {
      if (!(error instanceof SwemintError) || error.code !== 'no-patch') throw error;
      return { content: error.message, failed: true };
    }
  },
});
