// Answers from a recording alone: no network, and a sentence when the recording lacks the request.
import { ModelError, type CallStore, type Model } from '../../core/model.ts';
import { requestHash } from '../request-hash.ts';

/** A model that only knows what was recorded. Recording needs nothing special: every call file is one. */
export function replayModel(
  model: Pick<Model, 'name' | 'variant'>,
  recording: Pick<CallStore, 'read'>,
): Model {
  const { name } = model;
  return {
    ...model,
    call: async (request, context = {}) => {
      context.signal?.throwIfAborted();
      const paid = await recording.read(requestHash(model, request));
      if (!paid?.reply) {
        throw new ModelError(
          'replay-missing',
          `The recording has no reply of ${name} to this request.`,
          {
            hint: 'The prompt, the tools or the settings changed since it was made: record again.',
          },
        );
      }
      return { ...paid.reply, cached: true };
    },
  };
}
