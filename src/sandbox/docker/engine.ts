// The connection to a container engine, Docker's or Podman's, and its errors in plain words.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { SwemintError, errorMessage } from '../../core/errors.ts';

/** Connects to `host`, or to what `DOCKER_HOST` names, or to the first of the usual sockets. */
export async function connectEngine(host?: string): Promise<Docker> {
  const { default: Client } = await import('dockerode');
  const address = host ?? process.env['DOCKER_HOST'] ?? '';
  if (address === '') return new Client({ socketPath: findSocket() });
  if (address.startsWith('unix://')) return new Client({ socketPath: address.slice(7) });
  if (host === undefined) return new Client();
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const protocols: Readonly<Record<string, 'http' | 'https' | 'ssh'>> = {
    'tcp:': 'http',
    'http:': 'http',
    'https:': 'https',
    'ssh:': 'ssh',
  };
  const protocol = url && protocols[url.protocol];
  if (!url || !protocol) {
    throw new SwemintError('bad-config', `"${address}" is not the address of an engine.`, {
      hint: 'For example: unix:///var/run/docker.sock, tcp://build-machine:2375 or ssh://user@machine.',
    });
  }
  return new Client({
    protocol,
    host: url.hostname,
    port: url.port === '' ? (protocol === 'ssh' ? 22 : 2375) : Number(url.port),
    ...(url.username === '' ? {} : { username: url.username }),
  });
}

/** The first of the usual sockets that is there; Docker's own where none is. */
export function findSocket(): string {
  const usual = '/var/run/docker.sock';
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const sockets = [
    usual,
    ...(runtime === undefined
      ? []
      : [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')]),
    '/run/podman/podman.sock',
  ];
  return sockets.find((path) => existsSync(path)) ?? usual;
}

/** The HTTP status of an engine's refusal. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/**
 * An engine's error as one that a user can act upon. Errors of ours, and those that have nothing to
 * do with the engine, come back as they are.
 */
export function explainEngineError(error: unknown, what: string): unknown {
  if (error instanceof SwemintError) return error;
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (syscall === 'getaddrinfo' || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH') {
    return known(
      'engine-not-running',
      'The container engine’s machine cannot be reached.',
      'Check DOCKER_HOST or sandboxSettings.docker.host.',
      error,
    );
  }
  if (syscall === 'connect' && code === 'EACCES') {
    return known(
      'engine-forbidden',
      'There is no permission to use the container engine.',
      'Add your user to the group docker, or use a rootless engine with DOCKER_HOST.',
      error,
    );
  }
  if (syscall === 'connect') {
    return known(
      'engine-not-running',
      'No container engine answers.',
      'Start Docker, or Podman’s socket (systemctl --user start podman.socket), or set DOCKER_HOST.',
      error,
    );
  }
  if (statusOf(error) === undefined && code !== 'ECONNRESET' && code !== 'EPIPE') return error;
  return known(
    'engine-failed',
    `The container engine could not ${what}: ${reasonOf(error)}.`,
    '`swemint doctor` shows the engine and what it supports.',
    error,
  );
}

function known(code: string, message: string, hint: string, cause: unknown): SwemintError {
  return new SwemintError(code, message, { hint, cause });
}

function reasonOf(error: unknown): string {
  const body = (error as { json?: { message?: unknown } } | null)?.json?.message;
  return (typeof body === 'string' ? body : errorMessage(error)).trim().replace(/\.$/, '');
}
