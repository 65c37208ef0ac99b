// The tool with which an agent throws its changes away and begins again.
import { z } from 'zod';
import { defineTool } from '../../core/agent.ts';
import { gitCommand } from '../baseline.ts';

export default defineTool({
  name: 'reset',
  description:
    'Throw away all your changes to the repository and return to the start. Installed dependencies and other ignored files stay.',
  parameters: z.object({}),
  run: async (_, { bench, signal }) => {
    if (!bench.baseline) return { content: 'No start was recorded here.', failed: true };
    const { folder, commit } = bench.baseline;
    for (const args of [
      ['reset', '--hard', '--quiet', commit],
      ['clean', '-ffdq'],
    ]) {
      const argv = [...gitCommand, ...args];
      const limits = { timeoutMs: 120_000 };
      const result = await bench.sandbox.exec({ argv, cwd: folder, limits, signal });
      if (result.exitCode !== 0) {
        return { content: `Git could not reset: ${result.stderr.trim()}`, failed: true };
      }
    }
    return { content: 'The repository is as it was at the start.' };
  },
});
