import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SwemintError } from '../../core/errors.ts';
import { openCluster } from './cluster.ts';
import kubernetes from './kubernetes.ts';
import { withRetries } from './retry.ts';
import { parseSettings } from './settings.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-kubeconfig-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function kubeconfig(server: string): Promise<string> {
  const path = join(folder, `${encodeURIComponent(server)}.yaml`);
  const config = {
    'current-context': 'main',
    clusters: [
      { name: 'c', cluster: { server, 'insecure-skip-tls-verify': server.startsWith('http:') } },
    ],
    users: [{ name: 'u', user: { token: 'very-secret' } }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u', namespace: 'ours' } }],
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

const failure = async (settings: object): Promise<SwemintError> => {
  const error: unknown = await (async () => kubernetes.configure?.(settings).check())().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SwemintError);
  return error as SwemintError;
};

describe('bad input is one sentence and a hint', () => {
  test('settings that are not known or not right', async () => {
    expect((await failure({ imagee: 'x' })).message).toContain('imagee');
    const error = await failure({ tolerations: [{ effect: 'Never' }] });
    expect(error.code).toBe('bad-config');
    expect(error.message).toContain('sandboxSettings.kubernetes.tolerations.0.effect');
  });

  test('a kubeconfig that is not there, not one, or without the context', async () => {
    expect((await failure({ kubeconfig: join(folder, 'none') })).code).toBe('no-kubeconfig');
    await writeFile(join(folder, 'broken'), '{ not: [yaml');
    expect((await failure({ kubeconfig: join(folder, 'broken') })).code).toBe('bad-kubeconfig');
    await writeFile(join(folder, 'empty'), '{}');
    expect((await failure({ kubeconfig: join(folder, 'empty') })).code).toBe('bad-kubeconfig');
    const path = await kubeconfig('https://127.0.0.1:1');
    const error = await failure({ kubeconfig: path, context: 'other' });
    expect(error.code).toBe('bad-kubeconfig');
    expect(error.hint).toBe('Choose from: main.');
  });

  test('a cluster that nobody answers for', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const address = `https://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    const error = await failure({ kubeconfig: await kubeconfig(address) });
    expect(error.code).toBe('cluster-unreachable');
    expect(error.message).toContain(address);
    expect(error.message).toContain('ECONNREFUSED');
    expect(JSON.stringify(error)).not.toContain('very-secret');
  });
});

describe('answers of a server', () => {
  let server: Server;
  const script: { status: number; body?: object; headers?: Record<string, string> }[] = [];
  const seen: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url?.split('?')[0]}`);
      const { status, body = {}, headers = {} } = script.shift() ?? { status: 200 };
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  const settings = async (): Promise<{ kubeconfig: string }> => ({
    kubeconfig: await kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  });

  test('passing trouble is asked again, in the namespace of the context', async () => {
    seen.length = 0;
    script.push(
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503 },
      { status: 200, body: { items: [] } },
    );
    const cluster = await openCluster(parseSettings(await settings()));
    await cluster.ask('list pods', (pods) =>
      pods.listNamespacedPod({ namespace: cluster.namespace }),
    );
    expect(seen).toEqual(Array.from({ length: 3 }, () => 'GET /api/v1/namespaces/ours/pods'));
  });

  test.each([
    [401, 'Unauthorized', 'cluster-credentials'],
    [403, 'pods is forbidden: User "x" cannot list resource "pods"', 'cluster-forbidden'],
    [403, 'pods "x" is forbidden: exceeded quota: mint', 'cluster-quota'],
    [404, 'namespaces "ours" not found', 'no-such-namespace'],
    [422, 'spec.runtimeClassName: Invalid value', 'cluster-refused'],
  ])('lasting trouble is told at once: %i', async (status, message, code) => {
    seen.length = 0;
    script.push({ status, body: { kind: 'Status', message } });
    const error = await failure(await settings());
    expect(error.code).toBe(code);
    expect(error.hint).not.toBe('');
    expect(seen).toHaveLength(1);
  });

  test('gives up after six attempts', async () => {
    let attempts = 0;
    const call = (): Promise<never> => {
      attempts += 1;
      return Promise.reject(Object.assign(new Error('busy'), { code: 503, body: '' }));
    };
    await expect(withRetries(call, undefined, 1)).rejects.toThrow('busy');
    expect(attempts).toBe(6);
  });
});
