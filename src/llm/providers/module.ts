// Loads a model that the user wrote: a module whose default export is one.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import type { Model } from '../../core/model.ts';

/** Throws `SwemintError('unknown-model')` when the path does not lead to a model. */
export async function loadModelModule(path: string): Promise<Model> {
  const hint = 'The module must export a model as default: { name, call(request, context) }.';
  let module: { default?: Partial<Model> };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as { default?: Partial<Model> };
  } catch (error) {
    throw new SwemintError(
      'unknown-model',
      `The model at ${path} cannot be loaded: ${errorMessage(error)}`,
      {
        hint,
        cause: error,
      },
    );
  }
  if (typeof module.default?.call !== 'function' || typeof module.default.name !== 'string') {
    throw new SwemintError('unknown-model', `The default export of ${path} is not a model.`, {
      hint,
    });
  }
  return module.default as Model;
}
