// The agent that does nothing: a task that it solves is no task.
import { defineAgent } from './agent.ts';
import { runWithoutModel } from './without-model.ts';

export default defineAgent({
  name: 'idle',
  summary: 'Does nothing. Every good task must fail under it.',
  run: (work) =>
    runWithoutModel('idle', work, () =>
      Promise.resolve({ outcome: 'finished', reason: 'There was nothing to do.', submission: '' }),
    ),
});
