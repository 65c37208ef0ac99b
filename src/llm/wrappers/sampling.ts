// Fills in how replies are drawn where a request leaves it open.
import type { Model } from '../../core/model.ts';
import type { Sampling } from '../../core/schema/model.ts';

/** The user's own settings, under those of each request. Outermost: they are part of a request's identity. */
export function withSampling(model: Model, sampling: Sampling | undefined): Model {
  if (sampling === undefined || Object.keys(sampling).length === 0) return model;
  return {
    ...model,
    call: (request, context) =>
      model.call({ ...request, sampling: { ...sampling, ...request.sampling } }, context),
  };
}
