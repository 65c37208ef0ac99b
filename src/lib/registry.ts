// The one idiom for extension points: a name, a lazy import, and an error that lists the choices.
import { pathToFileURL } from 'node:url';
import { isAbsolute, resolve } from 'node:path';
import { SwemintError, errorMessage } from '../core/errors.ts';

export interface Registry<T> {
  /** Built-in names, in the order they were declared. */
  readonly names: readonly string[];
  /**
   * Loads by name, or from a path (`./mine.ts`) whose default export is the extension.
   * Throws `SwemintError('unknown-<kind>')` with the choices when there is no such name.
   */
  load(name: string): Promise<T>;
  /** Loads every built-in, in order. */
  loadAll(): Promise<T[]>;
}

/** Declares an extension point's built-ins: `{ name: () => import('./name.ts') }`. */
export function defineRegistry<T>(
  kind: string,
  entries: Readonly<Record<string, () => Promise<{ default: T }>>>,
): Registry<T> {
  const names = Object.keys(entries);
  const load = async (name: string): Promise<T> => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry) return (await entry()).default;
    if (name.startsWith('.') || isAbsolute(name)) return loadFromPath<T>(kind, name);
    throw new SwemintError(`unknown-${kind}`, `There is no ${kind} named "${name}".`, {
      hint: `Choose from: ${names.join(', ')}.`,
    });
  };
  return { names, load, loadAll: () => Promise.all(names.map(load)) };
}

async function loadFromPath<T>(kind: string, path: string): Promise<T> {
  let module: { default?: T };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as { default?: T };
  } catch (error) {
    throw new SwemintError(
      `unknown-${kind}`,
      `The ${kind} at ${path} cannot be loaded: ${errorMessage(error)}`,
      {
        hint: 'The path must name a module that Node can import.',
        cause: error,
      },
    );
  }
  if (module.default === undefined) {
    throw new SwemintError(`unknown-${kind}`, `${path} has no default export.`, {
      hint: `Export the ${kind} as default: export default define…({ … }).`,
    });
  }
  return module.default;
}
