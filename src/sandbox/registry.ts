// The sandboxes swemint knows by name; a path names one of the user's own.
import { SwemintError } from '../core/errors.ts';
import type { SandboxProvider } from '../core/sandbox.ts';
import { defineRegistry } from '../lib/registry.ts';

/** Sandbox providers by name (`local`) or by path to a module with a default export. */
export const sandboxes = defineRegistry<SandboxProvider>('sandbox', {
  local: () => import('./local/local.ts'),
  docker: () => import('./docker/docker.ts'),
  kubernetes: () => import('./kubernetes/kubernetes.ts'),
});

/**
 * The provider with its own part of `sandboxSettings`. Throws `SwemintError('bad-config')` for
 * settings it does not know, and for settings of a provider that has none.
 */
export async function loadSandbox(
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<SandboxProvider> {
  const provider = await sandboxes.load(name);
  // A path of the user's own cannot be a key of `--set`: the provider's name is as good.
  const own = settings[name] ?? settings[provider.name];
  if (own === undefined) return provider;
  if (provider.configure) return provider.configure(own);
  throw new SwemintError('bad-config', `The sandbox ${provider.name} has no settings.`, {
    hint: `Leave out sandboxSettings.${provider.name}.`,
  });
}
