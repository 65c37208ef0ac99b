// Turns what a cluster answers into one sentence and what to do about it.
import { SwemintError, errorMessage } from '../../core/errors.ts';

export interface Answer {
  /** HTTP status; undefined when there was no answer. */
  status: number | undefined;
  /** The cluster's own sentence, or the operating system's. */
  message: string;
  /** Of a connection that failed, e.g. `ECONNREFUSED`. */
  code: string | undefined;
  /** Seconds that the cluster asked us to wait. */
  retryAfter: number | undefined;
}

/** Reads an error of the client, which throws responses and connection errors alike. */
export function readAnswer(error: unknown): Answer {
  const response = error as {
    code?: unknown;
    body?: unknown;
    headers?: Record<string, string>;
  };
  if (typeof response.code === 'number') {
    const after = Number(response.headers?.['retry-after']);
    return {
      status: response.code,
      message: readMessage(response.body).replace(/\.+$/, ''),
      code: undefined,
      retryAfter: Number.isFinite(after) ? after : undefined,
    };
  }
  const upgrade = /Unexpected server response: (\d+)/.exec(errorMessage(error))?.[1];
  const cause = rootCause(error);
  const { code } = cause as { code?: unknown };
  return {
    status: upgrade === undefined ? undefined : Number(upgrade),
    message: errorMessage(cause),
    code: typeof code === 'string' ? code : undefined,
    retryAfter: undefined,
  };
}

/** `what` completes "could not …". Known errors pass. */
export function explainClusterError(error: unknown, server: string, what: string): SwemintError {
  if (error instanceof SwemintError) return error;
  const { status, message, code } = readAnswer(error);
  const fail = (name: string, sentence: string, hint: string): SwemintError =>
    new SwemintError(name, sentence, { hint, cause: error });
  if (status === 401) {
    return fail(
      'cluster-credentials',
      `The cluster at ${server} does not accept our credentials.`,
      'Log in again, or name another context: --set sandboxSettings.kubernetes.context=…',
    );
  }
  if (status === 403) {
    return fail(
      /quota/.test(message) ? 'cluster-quota' : 'cluster-forbidden',
      `The cluster does not let us ${what}: ${message}.`,
      /quota/.test(message)
        ? 'Use fewer workers, ask for less (sandboxSettings.kubernetes.cpuRequest, memoryRequest), or raise the quota.'
        : /privileged|PodSecurity|security context/i.test(message)
          ? 'Set sandboxSettings.kubernetes.privileged=false, or use a namespace that allows privileged pods.'
          : 'We must be allowed to create, get, list, watch and delete pods, and to create pods/exec, in this namespace.',
    );
  }
  if (status === 404 && /namespaces? /.test(message)) {
    return fail(
      'no-such-namespace',
      `The cluster could not ${what}: ${message}.`,
      'Create the namespace, or name another: --set sandboxSettings.kubernetes.namespace=…',
    );
  }
  if (status !== undefined) {
    return fail(
      'cluster-refused',
      `The cluster could not ${what}: ${message} (HTTP ${status}).`,
      'Check sandboxSettings.kubernetes against what the cluster offers.',
    );
  }
  return fail(
    'cluster-unreachable',
    `The cluster at ${server} cannot be reached: ${message}${code === undefined || message.includes(code) ? '' : ` (${code})`}.`,
    'Check that it runs and that kubectl reaches it with the same kubeconfig.',
  );
}

function readMessage(body: unknown): string {
  const text = typeof body === 'string' ? body : undefined;
  try {
    const status = (text === undefined ? body : JSON.parse(text)) as { message?: unknown };
    if (typeof status.message === 'string') return status.message;
  } catch {
    // A proxy in between answers in its own words.
  }
  return (text ?? '').trim().slice(0, 300) || 'no reason given';
}

// Clients wrap the operating system's word, sometimes in several attempts at once.
function rootCause(error: unknown): unknown {
  let cause = error;
  for (let depth = 0; depth < 5; depth += 1) {
    const { cause: next, error: event, errors } = cause as Record<string, unknown>;
    const inner = next ?? event ?? (Array.isArray(errors) ? (errors[0] as unknown) : undefined);
    if (!(inner instanceof Error)) break;
    cause = inner;
  }
  return cause;
}
