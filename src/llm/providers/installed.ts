// Loads a provider's package from where the user installed it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import type { LanguageModel } from '../wire/types.ts';
import { providerPackages, type ProviderPackage } from './packages.ts';

export interface ProviderSettings {
  apiKey?: string;
  baseURL?: string;
  headers?: Readonly<Record<string, string>>;
  fetch: typeof fetch;
}

type AnyVersionModel = Parameters<typeof import('ai').wrapLanguageModel>[0]['model'];
type Create = (settings: ProviderSettings) => (modelId: string) => AnyVersionModel;

/**
 * A model of an installed provider package, looked for from `folder` first and then beside us.
 * Throws `SwemintError('missing-provider')` with the command that installs it.
 */
export async function loadInstalledModel(
  provider: string,
  modelId: string,
  settings: ProviderSettings,
  folder: string,
): Promise<LanguageModel> {
  const entry = providerPackages[provider];
  if (!entry) throw new SwemintError('unknown-provider', `There is no provider "${provider}".`);
  const module = await importFrom(folder, provider, entry);
  const create = module[entry.create];
  if (typeof create !== 'function') {
    throw new SwemintError('missing-provider', `${entry.package} has no ${entry.create}.`, {
      hint: `Install a current version: npm install ${entry.package}@latest`,
    });
  }
  // Packages may implement an earlier version of the interface; `ai` knows how to bring them up.
  const { wrapLanguageModel } = await import('ai');
  return wrapLanguageModel({ model: (create as Create)(settings)(modelId), middleware: [] });
}

async function importFrom(
  folder: string,
  provider: string,
  { package: name }: ProviderPackage,
): Promise<Record<string, unknown>> {
  const places = [join(folder, 'package.json'), import.meta.url];
  let problem: unknown;
  for (const place of places) {
    let path: string;
    try {
      path = createRequire(place).resolve(name);
    } catch (error) {
      problem = error;
      continue;
    }
    try {
      return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    } catch (error) {
      throw new SwemintError(
        'missing-provider',
        `${name} cannot be loaded: ${errorMessage(error)}`,
        {
          hint: `Install it again: npm install ${name}`,
          cause: error,
        },
      );
    }
  }
  throw new SwemintError(
    'missing-provider',
    `Models of "${provider}" need the package ${name}, which is not installed.`,
    { hint: `Run: npm install ${name}`, cause: problem },
  );
}
