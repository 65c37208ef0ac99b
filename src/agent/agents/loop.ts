// The agent that a model drives: our loop.
import { SwemintError } from '../../core/errors.ts';
import { runAgent } from '../run-agent.ts';
import { defineAgent } from './agent.ts';

/** Throws `SwemintError('no-model')` without a model. */
export default defineAgent({
  name: 'swemint',
  summary: 'A model works with tools until it submits or reaches a limit.',
  run: async ({ model, ...work }) => {
    if (!model) {
      throw new SwemintError('no-model', 'This agent needs a model.', {
        hint: 'Name one with --model.',
      });
    }
    return runAgent({ ...work, model });
  },
});
