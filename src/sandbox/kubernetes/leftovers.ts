// Removes pods: our own when their sandbox closes, and those of swemint processes that no longer live.
import type { V1Pod } from '@kubernetes/client-node';
import { isOrphan } from '../remote/owner.ts';
import type { Cluster } from './cluster.ts';
import { MANAGED } from './pod.ts';

/** Ends a pod at once; one that is gone already is as good. */
export async function removePod(cluster: Cluster, name: string): Promise<void> {
  await cluster.find('delete a pod', (pods) =>
    pods.deleteNamespacedPod({
      name,
      namespace: cluster.namespace,
      gracePeriodSeconds: 0,
      propagationPolicy: 'Background',
    }),
  );
}

/**
 * Deletes pods whose swemint process on this machine is gone, and pods of any machine that have
 * ended by themselves (they do so when nobody speaks to them). Returns how many.
 */
export async function removeLeftovers(cluster: Cluster): Promise<number> {
  const labelSelector = Object.entries(MANAGED)
    .map((pair) => pair.join('='))
    .join(',');
  const { items } = await cluster.ask('list pods', (pods) =>
    pods.listNamespacedPod({ namespace: cluster.namespace, labelSelector }),
  );
  const stale = items.filter((pod) => isStale(pod));
  await Promise.all(stale.map((pod) => removePod(cluster, pod.metadata?.name ?? '')));
  return stale.length;
}

// A pod that has just ended is still wanted by its sandbox, which asks why.
const FRESH_MS = 10 * 60_000;

function isStale(pod: V1Pod): boolean {
  if (isOrphan(pod.metadata?.labels)) return true;
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  const since = pod.metadata?.creationTimestamp?.getTime() ?? Date.now();
  return ended && Date.now() - since > FRESH_MS;
}
