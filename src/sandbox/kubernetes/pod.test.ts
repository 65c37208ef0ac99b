import { describe, expect, test } from 'vitest';
import { ownerLabels } from '../remote/owner.ts';
import { podName } from './names.ts';
import { renderPod } from './pod.ts';
import { parseSettings } from './settings.ts';

const MEBIBYTE = 1024 * 1024;

const render = (settings: object, more: { network?: boolean } = {}) =>
  renderPod({
    name: 'swemint-x',
    image: 'python:3.12',
    base: '/srv/base',
    network: false,
    memoryBytes: 1024 * MEBIBYTE,
    diskBytes: 512 * MEBIBYTE,
    labels: ownerLabels(),
    settings: parseSettings(settings),
    ...more,
  });

describe('names of pods', () => {
  test('are unique, short and valid whatever the folder is called', () => {
    for (const base of [
      '/x/My Project_v2',
      '/',
      `/${'ä'.repeat(300)}`,
      '/a-very-long-name-'.repeat(9),
    ]) {
      const name = podName(base);
      expect(name).toMatch(/^swemint(-[a-z0-9]+)+$/);
      expect(name.length).toBeLessThanOrEqual(48);
      expect(podName(base)).not.toBe(name);
    }
    expect(podName('/x/swemint-run')).toMatch(/^swemint-run-[0-9a-f]{12}$/);
  });
});

describe('a pod', () => {
  test('asks for and is bounded in cpu, memory and storage', () => {
    const { resources } = render({ cpuRequest: 0.5, cpuLimit: 2 }).spec?.containers[0] ?? {};
    expect(resources).toEqual({
      requests: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '256Mi' },
      limits: { cpu: '2000m', memory: '1152Mi', 'ephemeral-storage': '8192Mi' },
    });
  });

  test('asks for no more than it may use', () => {
    const settings = {
      cpuRequest: 4,
      memoryRequest: 9000,
      ephemeralRequest: 50,
      ephemeralLimit: 40,
    };
    const { resources } = render(settings).spec?.containers[0] ?? {};
    expect(resources?.requests).toEqual({
      cpu: '4000m',
      memory: '1152Mi',
      'ephemeral-storage': '40Mi',
    });
    expect(resources?.limits?.['cpu']).toBe('4000m');
  });

  test('counts what a privileged pod stores as memory', () => {
    const { resources } = render({ privileged: true }).spec?.containers[0] ?? {};
    expect(resources?.limits?.['memory']).toBe('1664Mi');
  });

  test('has no credentials, an end, and labels that say whose it is', () => {
    const { spec, metadata } = render({ lifetime: 60, labels: { team: 'x' } }, { network: true });
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      activeDeadlineSeconds: 60,
    });
    expect(metadata?.labels).toEqual({
      team: 'x',
      'app.kubernetes.io/managed-by': 'swemint',
      'swemint.network': 'open',
      ...ownerLabels(),
    });
    for (const value of Object.values(metadata?.labels ?? {})) {
      expect(value).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
    }
  });

  test('is without power unless asked for', () => {
    expect(render({ user: 1234 }).spec?.containers[0]?.securityContext).toEqual({
      privileged: false,
      runAsNonRoot: true,
      runAsUser: 1234,
      runAsGroup: 1234,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(render({ privileged: true }).spec?.containers[0]?.securityContext?.privileged).toBe(
      true,
    );
  });

  test('shows the base at its own path where it cannot mount it itself', () => {
    const mounts = (settings: object): string[] =>
      render(settings).spec?.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath) ?? [];
    expect(mounts({})).toContain('/srv/base');
    expect(mounts({ privileged: true })).toEqual(['/swemint']);
  });

  test('goes where and is fetched as the settings say', () => {
    const settings = {
      nodeSelector: { pool: 'mint' },
      tolerations: [{ key: 'mint', operator: 'Exists', effect: 'NoSchedule' }],
      imagePullSecrets: ['registry'],
      imagePullPolicy: 'Always',
      runtimeClass: 'gvisor',
    };
    const { spec } = render(settings);
    expect(spec).toMatchObject({
      nodeSelector: settings.nodeSelector,
      tolerations: settings.tolerations,
      imagePullSecrets: [{ name: 'registry' }],
      runtimeClassName: 'gvisor',
    });
    expect(spec?.containers[0]?.imagePullPolicy).toBe('Always');
  });

  test('carries its whole program in words that every kernel takes', () => {
    for (const word of render({}).spec?.containers[0]?.command ?? []) {
      expect(word.length).toBeLessThan(100_000);
    }
  });
});
