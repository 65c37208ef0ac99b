// Runs our own small programs in a pod, as the sandbox's user and in its present view of the files.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SwemintError } from '../../core/errors.ts';
import type { EffectiveLimits } from '../command/limits.ts';
import type { RemoteAnswer, RemoteShell } from '../remote/remote-shell.ts';
import { describe, openInput, openOutput } from './running.ts';
import type { Supervisor } from './supervisor.ts';

const WINDOW = 1 << 20;
const STDERR_BYTES = 1 << 16;

const unlimited: EffectiveLimits = {
  timeoutMs: null,
  memoryBytes: null,
  processes: null,
  outputBytes: STDERR_BYTES,
  cpuMs: null,
  diskBytes: null,
};

/** `trusted` programs prepare the files with all power there is. */
export function podShell(
  supervisor: Supervisor,
  env: Readonly<Record<string, string>>,
  trusted = false,
): RemoteShell {
  return async ({ argv, stdin, stdout }): Promise<RemoteAnswer> => {
    const streamed = stdin instanceof Readable;
    const chunks: Buffer[] = [];
    const errors: Buffer[] = [];
    const output = openOutput((bytes) => started.credit(bytes));
    let taken: (bytes: number) => void = () => undefined;
    const started = supervisor.start(
      {
        argv,
        cwd: '/',
        env: { ...env, LC_ALL: 'C' },
        stdin: stdin === undefined ? 'none' : streamed ? 'stream' : 'data',
        limits: unlimited,
        window: stdout === undefined ? null : WINDOW,
        unbounded: true,
        trusted,
      },
      {
        output: (stream, data) => {
          if (stream === 2) errors.push(data);
          else if (stdout === undefined) chunks.push(data);
          else output.take(data);
          if (stream === 2 && stdout !== undefined) started.credit(data.length);
        },
        taken: (bytes) => taken(bytes),
      },
    );
    const flows: Promise<unknown>[] = [];
    if (stdout !== undefined) flows.push(pipeline(output.stream, stdout));
    if (streamed) {
      const input = openInput(started);
      taken = input.taken;
      flows.push(pipeline(stdin, input.stream));
      const close = (): void => input.end();
      started.ended.then(close, close);
    } else if (stdin !== undefined) {
      started.input(typeof stdin === 'string' ? Buffer.from(stdin) : stdin);
      started.endInput();
    }
    const outcome = describe(
      await started.ended.finally(() => {
        output.end();
      }),
    );
    const [flow] = (await Promise.allSettled(flows)).filter(({ status }) => status === 'rejected');
    const stderr = Buffer.concat(errors).toString();
    // A program that failed says more than the pipe that broke with it.
    if (flow !== undefined && outcome.exitCode === 0) {
      throw new SwemintError('sandbox-files', 'Files could not be sent to or from a sandbox pod.', {
        cause: (flow as PromiseRejectedResult).reason,
      });
    }
    return { exitCode: outcome.exitCode ?? 128, stdout: Buffer.concat(chunks), stderr };
  };
}
