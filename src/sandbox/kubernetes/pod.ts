// Writes the description of a sandbox's pod.
import type { V1Container, V1Pod, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { OwnerLabels } from '../remote/owner.ts';
import { STAGE, supervisorWords } from './program.ts';
import type { KubernetesSettings } from './settings.ts';

const MEBIBYTE = 1024 * 1024;
/** For the supervisor and what the kernel keeps for it. */
const OVERHEAD = 128 * MEBIBYTE;
const CONTAINER = 'sandbox';
export { CONTAINER };

/** Seconds without a word from the driver after which a pod ends itself. */
export const ORPHANED_SECONDS = 300;

export interface PodOptions {
  name: string;
  image: string;
  base: string;
  network: boolean;
  /** Bytes that commands may use; what a privileged pod stores counts as memory as well. */
  memoryBytes: number;
  diskBytes: number;
  labels: OwnerLabels;
  settings: KubernetesSettings;
}

/** Labels that find every pod of ours. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'swemint' } as const;

/** A pod with one container whose process 1 is the supervisor. */
export function renderPod(options: PodOptions): V1Pod {
  const { settings } = options;
  return {
    metadata: {
      name: options.name,
      labels: {
        ...settings.labels,
        ...MANAGED,
        ...options.labels,
        // For network policies.
        'swemint.network': options.network ? 'open' : 'none',
      },
      annotations: {
        // Autoscalers must not move what cannot be moved.
        'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
        ...settings.annotations,
      },
    },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: settings.lifetime,
      hostname: 'sandbox',
      containers: [renderContainer(options)],
      volumes: volumes(options).map(({ volume }) => volume),
      nodeSelector: settings.nodeSelector,
      tolerations: settings.tolerations,
      imagePullSecrets: settings.imagePullSecrets.map((name) => ({ name })),
      ...(settings.runtimeClass === undefined ? {} : { runtimeClassName: settings.runtimeClass }),
    },
  };
}

function renderContainer(options: PodOptions): V1Container {
  const { settings } = options;
  const { privileged, user } = settings;
  return {
    name: CONTAINER,
    image: options.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: supervisorWords({ orphanedSeconds: ORPHANED_SECONDS }),
    workingDir: '/',
    resources: renderResources(options),
    securityContext: privileged
      ? { privileged: true, runAsUser: 0, runAsGroup: 0 }
      : {
          privileged: false,
          runAsNonRoot: true,
          runAsUser: user,
          runAsGroup: user,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
    volumeMounts: volumes(options).map(({ mount }) => mount),
  };
}

function renderResources({
  settings,
  memoryBytes,
  diskBytes,
}: PodOptions): NonNullable<V1Container['resources']> {
  const limit = memoryBytes + OVERHEAD + (settings.privileged ? diskBytes : 0);
  const memory = Math.ceil(limit / MEBIBYTE);
  return {
    requests: {
      cpu: `${Math.ceil(settings.cpuRequest * 1000)}m`,
      memory: `${Math.min(settings.memoryRequest, memory)}Mi`,
      'ephemeral-storage': `${Math.min(settings.ephemeralRequest, settings.ephemeralLimit)}Mi`,
    },
    limits: {
      cpu: `${Math.ceil(Math.max(settings.cpuLimit, settings.cpuRequest) * 1000)}m`,
      memory: `${memory}Mi`,
      'ephemeral-storage': `${settings.ephemeralLimit}Mi`,
    },
  };
}

// A privileged pod mounts what commands see by itself; without power, the cluster has to.
function volumes(options: PodOptions): { volume: V1Volume; mount: V1VolumeMount }[] {
  const own = options.settings.privileged
    ? [STAGE]
    : [STAGE, options.base, '/tmp', '/var/tmp', '/dev/shm'];
  return own.map((mountPath, index) => {
    const name = `folder-${index}`;
    const inMemory = mountPath === '/dev/shm';
    return {
      volume: { name, emptyDir: inMemory ? { medium: 'Memory', sizeLimit: '64Mi' } : {} },
      mount: { name, mountPath },
    };
  });
}
