// What really separates commands from the cluster and from each other, for pods with and without power.
import type { Isolation } from '../../core/sandbox.ts';
import type { KubernetesSettings } from './settings.ts';

/** `isolated` is what a pod found out by trying; before there is one, what its settings ask for. */
export function describeIsolation(settings: KubernetesSettings, isolated: boolean): Isolation {
  const runtime = settings.runtimeClass === undefined ? [] : [settings.runtimeClass];
  if (isolated) {
    return {
      summary: ['a pod', 'namespaces per command', 'overlay', ...runtime].join(' + '),
      network: true,
      filesystem: true,
      processes: true,
      memory: true,
      warnings: [],
    };
  }
  return {
    summary: ['a restricted pod', 'limits by watching', ...runtime].join(' + '),
    network: false,
    filesystem: false,
    processes: false,
    memory: true,
    warnings: [
      settings.privileged
        ? 'The cluster starts privileged pods, but they may not mount: each pod is only one wall around all its commands.'
        : 'Each pod is one wall around all its commands: they see each other, and only the eviction of the whole pod bounds what they store. Where the cluster allows, set sandboxSettings.kubernetes.privileged=true.',
      'Commands without network can use the pod’s: forbid it with a NetworkPolicy for app.kubernetes.io/managed-by=swemint, swemint.network=none.',
    ],
  };
}
