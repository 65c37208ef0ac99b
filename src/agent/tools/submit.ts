// The tool with which an agent says that its work is done.
import { z } from 'zod';
import { defineTool } from '../../core/agent.ts';

export default defineTool({
  name: 'submit',
  description:
    'Say that the work is done. The state of the files counts, not what you write. Check it first: nothing can be done after this.',
  parameters: z.object({
    summary: z
      .string()
      .default('')
      .describe('What was done and how it was checked, in a few sentences.'),
  }),
  run: ({ summary }) =>
    Promise.resolve({ content: 'Submitted.', ends: { outcome: 'finished', submission: summary } }),
});
