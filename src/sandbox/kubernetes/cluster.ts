// Finds the cluster: address, credentials, namespace. The client is loaded only here.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import { explainClusterError } from './failure.ts';
import { CONTAINER } from './pod.ts';
import { withRetries } from './retry.ts';
import type { KubernetesSettings } from './settings.ts';

/** A connection to a program in a pod. */
export interface Connection {
  /** For its standard input, as one message. */
  send(parts: readonly Buffer[]): void;
  close(): void;
  /** Resolves with what is known of the reason. */
  readonly closed: Promise<string>;
}

export interface Cluster {
  /** Its address, for messages. */
  readonly server: string;
  readonly namespace: string;
  /** Calls with retries; failures come as `SwemintError`. `what` completes "could not …". */
  ask<T>(
    what: string,
    call: (pods: CoreV1Api, attempt: number) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Like `ask`, and undefined when the thing is not there. */
  find<T>(what: string, call: (pods: CoreV1Api) => Promise<T>): Promise<T | undefined>;
  /** Starts a program in a pod; `take` gets its standard output. */
  connect(pod: string, words: readonly string[], take: (data: Buffer) => void): Promise<Connection>;
}

// The client's own type leads to a package without types.
interface Socket {
  send(data: Uint8Array): void;
  close(): void;
  addEventListener(event: 'close', listener: (event: { reason: string }) => void): void;
  addEventListener(event: 'error', listener: (event: { message: string }) => void): void;
}

const STANDARD_INPUT = Buffer.from([0]);
const STANDARD_OUTPUT = 1;
const IN_CLUSTER = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Reads the configuration; asks the cluster nothing. Throws `SwemintError`: `no-kubeconfig`, `bad-kubeconfig`. */
export async function openCluster(settings: KubernetesSettings): Promise<Cluster> {
  const { CoreV1Api, Exec, KubeConfig } = await import('@kubernetes/client-node');
  const config = readConfig(new KubeConfig(), settings);
  const server = config.getCurrentCluster()?.server ?? '';
  const context = config.getContextObject(config.getCurrentContext());
  const namespace = settings.namespace ?? context?.namespace ?? 'default';
  const pods = config.makeApiClient(CoreV1Api);
  const { handler } = new Exec(config);
  // It would close the standard streams of this process when a server says so of a pod's.
  Object.assign(handler, { streams: idleStreams() });
  const attempt = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw explainClusterError(error, server, what);
    }
  };
  return {
    server,
    namespace,
    ask: (what, call, signal) =>
      attempt(what, () => withRetries((count) => call(pods, count), signal)),
    find: (what, call) =>
      attempt(what, () =>
        withRetries(async () => {
          try {
            return await call(pods);
          } catch (error) {
            if ((error as { code?: unknown }).code === 404) return undefined;
            throw error;
          }
        }),
      ),
    connect: async (pod, words, take) => {
      const query = new URLSearchParams({ container: CONTAINER, stdin: 'true', stdout: 'true' });
      query.set('stderr', 'true');
      for (const word of words) query.append('command', word);
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query.toString()}`;
      let complaint = '';
      const socket: Socket = await handler
        .connect(path, null, (stream, data) => {
          if (stream === STANDARD_OUTPUT) take(data);
          else complaint = (complaint + data.toString()).slice(-500);
          return true;
        })
        .catch((error: unknown) => {
          // What the client throws holds the whole request, credentials and all.
          throw new Error((error as { message?: string }).message ?? 'the connection failed');
        });
      return {
        // Standard input stays open: some versions of the protocol end everything with it.
        send: (parts) => socket.send(Buffer.concat([STANDARD_INPUT, ...parts])),
        close: () => socket.close(),
        closed: new Promise((resolve) => {
          socket.addEventListener('close', ({ reason }) => resolve(complaint.trim() || reason));
          socket.addEventListener('error', ({ message }) => resolve(message));
        }),
      };
    },
  };
}

function idleStreams(): object {
  return { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
}

function readConfig(config: KubeConfig, settings: KubernetesSettings): KubeConfig {
  const named = settings.kubeconfig === undefined ? undefined : [settings.kubeconfig];
  const files =
    named ?? (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '') ?? [];
  if (files.length === 0) files.push(...[join(homedir(), '.kube/config')].filter(existsSync));
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0 && missing.length === files.length) {
    throw new SwemintError('no-kubeconfig', `There is no kubeconfig at ${missing.join(', ')}.`, {
      hint: 'Name the file that kubectl uses: --set sandboxSettings.kubernetes.kubeconfig=…',
    });
  }
  if (files.length === 0 && !existsSync(IN_CLUSTER)) {
    throw new SwemintError('no-kubeconfig', 'There is no kubeconfig that says which cluster.', {
      hint: 'Set KUBECONFIG or sandboxSettings.kubernetes.kubeconfig to the file that kubectl uses.',
    });
  }
  try {
    if (files.length === 0) config.loadFromCluster();
    else loadFiles(config, files.filter(existsSync));
  } catch (error) {
    throw bad(`The kubeconfig ${files.join(', ')} cannot be read: ${errorMessage(error)}`, error);
  }
  if (settings.context !== undefined) {
    if (config.getContextObject(settings.context) === null) {
      const names = config.getContexts().map(({ name }) => name);
      throw new SwemintError(
        'bad-kubeconfig',
        `The kubeconfig has no context named "${settings.context}".`,
        { hint: `Choose from: ${names.join(', ')}.` },
      );
    }
    config.setCurrentContext(settings.context);
  }
  if (!config.getCurrentCluster()?.server) {
    throw bad(`The kubeconfig ${files.join(', ')} names no cluster in its current context.`);
  }
  return config;
}

// Several files count as one; the first that says something wins.
function loadFiles(config: KubeConfig, files: readonly string[]): void {
  const [first = '', ...others] = files;
  config.loadFromFile(first);
  for (const file of others) {
    const Config = config.constructor as new () => KubeConfig;
    const other = new Config();
    other.loadFromFile(file);
    config.mergeConfig(other, true);
  }
}

function bad(sentence: string, cause?: unknown): SwemintError {
  return new SwemintError('bad-kubeconfig', sentence, {
    hint: 'Check it with: kubectl config view --minify',
    cause,
  });
}
