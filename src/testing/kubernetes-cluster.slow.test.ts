// What only a real cluster shows: broken channels, dead drivers, lost pods, and what it refuses.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SwemintError } from '../core/errors.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { openCluster } from '../sandbox/kubernetes/cluster.ts';
import { removePod } from '../sandbox/kubernetes/leftovers.ts';
import { MANAGED } from '../sandbox/kubernetes/pod.ts';
import { parseSettings } from '../sandbox/kubernetes/settings.ts';
import { loadSandbox } from '../sandbox/registry.ts';
import { makeWorkspace, shell } from './sandbox/behaviour.ts';
import { kubernetesTests } from './kubernetes-tests.ts';

const MEBIBYTE = 1024 * 1024;
const { settings, missing } = kubernetesTests();
const provider = (more: object = {}) =>
  loadSandbox('kubernetes', { kubernetes: { ...settings, ...more } });

async function podsOf(processLabel?: string): Promise<string[]> {
  const cluster = await openCluster(parseSettings(settings));
  const { items } = await cluster.ask('list pods', (pods) =>
    pods.listNamespacedPod({
      namespace: cluster.namespace,
      labelSelector: Object.entries(MANAGED)
        .map((pair) => pair.join('='))
        .join(','),
    }),
  );
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .filter(({ metadata }) =>
      processLabel === undefined
        ? true
        : metadata?.labels?.['swemint.process']?.startsWith(`${processLabel}-`) === true,
    )
    .map(({ metadata }) => metadata?.name ?? '');
}

async function withSandbox(more: object, body: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  await using workspace = await makeWorkspace();
  const opener = await provider(more);
  await using sandbox = await opener.open({
    base: workspace.base,
    access: 'copy-on-write',
    network: false,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    limits: { memoryBytes: 256 * MEBIBYTE, diskBytes: 64 * MEBIBYTE },
  });
  await body(sandbox);
}

const refused = async (more: object): Promise<string> => {
  try {
    await (await provider(more)).check();
    await withSandbox(more, () => Promise.resolve());
  } catch (error) {
    if (error instanceof SwemintError && error.hint !== undefined) return error.code;
    throw error;
  }
  return 'accepted';
};

describe.skipIf(missing)('in a real cluster', () => {
  test('commands go on, byte for byte, when the channel breaks again and again', () =>
    // Without namespaces a command can reach the program that carries its own channel.
    withSandbox({ privileged: false }, async (sandbox) => {
      const breakers = [
        'import os, signal, time',
        'for _ in range(5):',
        '  time.sleep(0.4)',
        '  for pid in filter(str.isdigit, os.listdir("/proc")):',
        '    try: words = open(f"/proc/{pid}/cmdline").read()',
        '    except OSError: continue',
        '    if words.endswith("/swemint/socket\\0"): os.kill(int(pid), signal.SIGKILL); print("broken", flush=True)',
      ].join('\n');
      const count = 'for n in $(seq 1 400); do seq $n $((n + 50)); sleep 0.005; done';
      const [broken, counted, echoed] = await Promise.all([
        sandbox.exec({ argv: ['python3', '-c', breakers] }),
        sandbox.exec({ argv: shell(count) }),
        sandbox.exec({ argv: ['cat'], stdin: 'x'.repeat(3_000_000) }),
      ]);
      expect(broken.stdout.split('\n').length).toBeGreaterThan(3);
      const numbers = Array.from({ length: 400 }, (_, n) =>
        Array.from({ length: 51 }, (_each, more) => `${n + 1 + more}\n`).join(''),
      ).join('');
      expect(counted.stdout).toBe(numbers);
      expect(echoed.stdout.length).toBe(3_000_000);
    }));

  test('a pod that is deleted is a known error for whoever waits', () =>
    withSandbox({}, async (sandbox) => {
      const waiting = sandbox.exec({ argv: ['sleep', '60'] });
      const cluster = await openCluster(parseSettings(settings));
      for (const pod of await podsOf(String(process.pid))) await removePod(cluster, pod);
      await expect(waiting).rejects.toMatchObject({ code: 'sandbox-broken' });
      await expect(sandbox.exec({ argv: ['true'] })).rejects.toMatchObject({
        code: 'sandbox-broken',
      });
    }));

  test('a hog that fills the pod at once ends as out-of-memory, and the pod lives', () =>
    withSandbox({ privileged: true }, async (sandbox) => {
      const result = await sandbox.exec({ argv: ['python3', '-c', 'b = b"x" * (2 << 30)'] });
      expect(result.outcome).toBe('out-of-memory');
      expect((await sandbox.exec({ argv: ['echo', 'well'] })).stdout).toBe('well\n');
    }));

  test('pods of a swemint that was killed are removed by the next one', async () => {
    const program = `
      import { loadSandbox } from ${JSON.stringify(fileURLToPath(new URL('../sandbox/registry.ts', import.meta.url)))};
      const provider = await loadSandbox('kubernetes', { kubernetes: ${JSON.stringify(settings)} });
      await provider.open({ base: '/var/empty', access: 'copy-on-write', network: false, env: {} })
        .catch(() => provider.open({ base: process.cwd(), access: 'copy-on-write', network: false, env: {} }));
      console.log('open');
      setInterval(() => {}, 1000);`;
    await using workspace = await makeWorkspace();
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: workspace.base,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const pid = String(child.pid);
    expect(await podsOf(pid)).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await provider()).check();
    await expect.poll(() => podsOf(pid), { timeout: 30_000 }).toEqual([]);
  });

  test.each([
    ['an image that is nowhere', { image: 'registry.invalid/none:1' }, 'no-such-image'],
    ['an image name that is none', { image: 'No Image' }, 'no-such-image'],
    ['no image', { image: undefined }, 'no-image'],
    ['a namespace that is not there', { namespace: 'nowhere' }, 'no-such-namespace'],
    ['a node that is not there', { nodeSelector: { no: 'node' }, startTimeout: 3 }, 'pod-pending'],
    ['more than any node has', { cpuRequest: 5000, startTimeout: 3 }, 'pod-pending'],
    ['a name for a runtime that is none', { runtimeClass: 'none' }, 'cluster-forbidden'],
    [
      'an account without rights',
      { kubeconfig: `${settings.kubeconfig}-stranger` },
      'cluster-forbidden',
    ],
  ])('refuses %s in one sentence', async (_name, more, code) => {
    expect(await refused(more)).toBe(code);
  });
});
