// The tool with which an agent gives up.
import { z } from 'zod';
import { defineTool } from '../../core/agent.ts';

export default defineTool({
  name: 'stop',
  description:
    'Give up: the work cannot be done here. Only when you have tried, and can say what stands in the way.',
  parameters: z.object({
    summary: z.string().min(1).describe('What was tried and why it cannot work.'),
  }),
  run: ({ summary }) =>
    Promise.resolve({ content: 'Stopped.', ends: { outcome: 'stopped', submission: summary } }),
});
