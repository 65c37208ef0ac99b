// The settings of the kubernetes sandbox: `sandboxSettings.kubernetes`.
import { z } from 'zod';
import { SwemintError } from '../../core/errors.ts';

const megabytes = z.number().int().positive();
const cores = z.number().positive();

const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: z.number().int().optional(),
});

const settings = z.strictObject({
  /** Where pods start from. It needs a POSIX shell, coreutils, find, tar, python3 and the target's own programs. */
  image: z.string().min(1).optional(),
  /** File with the cluster's address and credentials; default: `KUBECONFIG`, `~/.kube/config`, the account of the pod we are in. */
  kubeconfig: z.string().min(1).optional(),
  /** Context in that file; default: its current one. */
  context: z.string().min(1).optional(),
  /** Default: the context's own. It must exist. */
  namespace: z.string().min(1).optional(),
  /**
   * Pods that may mount: private layers, namespaces of their own for every command, no network where
   * none is wanted. Without it, the pod is the only wall, and everything works that a restricted
   * cluster allows.
   */
  privileged: z.boolean().default(false),
  /** User and group that commands run as; never root. */
  user: z.number().int().positive().default(1000),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
  imagePullSecrets: z.array(z.string().min(1)).default([]),
  nodeSelector: z.record(z.string(), z.string()).default({}),
  tolerations: z.array(toleration).default([]),
  /** Another runtime of the cluster, e.g. `gvisor` or `kata`. */
  runtimeClass: z.string().min(1).optional(),
  /** Added to every pod, e.g. for cost reports. */
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  /** What the scheduler sets aside for a pod, and what it may use at most. Memory at most follows the run's limits. */
  cpuRequest: cores.default(0.25),
  cpuLimit: cores.default(2),
  memoryRequest: megabytes.default(256),
  ephemeralRequest: megabytes.default(256),
  /** Without `privileged`, a pod that stores more than this is evicted. */
  ephemeralLimit: megabytes.default(8192),
  /** Seconds after which the cluster ends a pod, whatever happens to us. */
  lifetime: z.number().int().positive().default(86_400),
  /** Seconds that a pod may take to run. */
  startTimeout: z.number().positive().default(300),
});
export type KubernetesSettings = z.infer<typeof settings>;

/** Throws `SwemintError('bad-config')`. */
export function parseSettings(value: unknown): KubernetesSettings {
  const result = settings.safeParse(value ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = ['sandboxSettings', 'kubernetes', ...(issue?.path ?? [])].join('.');
  throw new SwemintError('bad-config', `The setting "${path}" is not right: ${issue?.message}.`, {
    hint: 'See docs/sandboxes.md for the settings of the kubernetes sandbox.',
  });
}
