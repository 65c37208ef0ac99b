// The sandbox of a cluster: a pod per sandbox, through the official client.
import type { SandboxProvider } from '../../core/sandbox.ts';
import { ownerLabels } from '../remote/owner.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { describeIsolation } from './isolation.ts';
import { removeLeftovers } from './leftovers.ts';
import { podName } from './names.ts';
import { renderPod } from './pod.ts';
import { openPodSandbox } from './sandbox.ts';
import { type KubernetesSettings, parseSettings } from './settings.ts';

function defineKubernetes(settings: KubernetesSettings): SandboxProvider {
  let connected: Promise<Cluster> | undefined;
  const connect = (): Promise<Cluster> => {
    connected ??= prepare(settings);
    // A later attempt may find the cluster awake.
    connected.catch(() => (connected = undefined));
    return connected;
  };
  return {
    name: 'kubernetes',
    summary: 'A pod per sandbox in any Kubernetes cluster, with one channel for all its commands.',
    remote: true,
    configure: (value) => defineKubernetes(parseSettings(value)),
    check: async () => {
      const cluster = await connect();
      await rehearse(cluster, settings);
      const isolation = describeIsolation(settings, settings.privileged);
      if (settings.image !== undefined) return isolation;
      const missing = 'No image is set: --set sandboxSettings.kubernetes.image=python:3.12';
      return { ...isolation, warnings: [...isolation.warnings, missing] };
    },
    capacity: () => Promise.resolve(Number.POSITIVE_INFINITY),
    open: async (options) => openPodSandbox(await connect(), settings, options),
  };
}

async function prepare(settings: KubernetesSettings): Promise<Cluster> {
  const cluster = await openCluster(settings);
  await removeLeftovers(cluster);
  return cluster;
}

/** Asks for everything that creating a pod needs, without creating one: address, namespace, rights, admission. */
async function rehearse(cluster: Cluster, settings: KubernetesSettings): Promise<void> {
  const body = renderPod({
    name: podName('check'),
    image: settings.image ?? 'python:3.12',
    base: '/check',
    network: false,
    memoryBytes: 256 * 1024 ** 2,
    diskBytes: 256 * 1024 ** 2,
    labels: ownerLabels(),
    settings,
  });
  await cluster.ask('create a pod', (pods) =>
    pods.createNamespacedPod({ namespace: cluster.namespace, body, dryRun: 'All' }),
  );
}

export default defineKubernetes(parseSettings({}));
