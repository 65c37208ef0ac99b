// A started container that shows one view of a sandbox's files and waits for the one command it will run.
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { proxyVariables } from '../remote/proxy.ts';
import { ownerLabels } from '../remote/owner.ts';
import type { RemoteAnswer, RemoteProgram } from '../remote/remote-shell.ts';
import type { EffectiveLimits } from '../command/limits.ts';
import { scripts } from '../local/scripts.ts';
import { attachTo } from './attach.ts';
import { confined } from './confined.ts';
import { demultiplex } from './demultiplex.ts';
import { explainEngineError } from './engine.ts';
import { give } from './give.ts';
import type { PreparedImage } from './image.ts';
import { ignoreGone } from './leftovers.ts';
import type { DockerSettings } from './settings.ts';
import type { View } from './views.ts';
import { noCopy } from './volumes.ts';

/** What the engine bounds for a whole container. */
export type Bounds = Pick<EffectiveLimits, 'memoryBytes' | 'processes'>;

export interface Cell {
  readonly container: Docker.Container;
  readonly view: View;
  /** Both directions of process 1: input of the command, and its output in frames. */
  readonly stream: Duplex;
  /** Other bounds than it was made with; false when the engine cannot change them. */
  bound(bounds: Bounds): Promise<boolean>;
  /** Runs a program of ours beside process 1, before the command. */
  run(program: RemoteProgram): Promise<RemoteAnswer>;
  /** Ends and removes it. */
  remove(): Promise<void>;
}

export interface CellOptions {
  engine: Docker;
  settings: DockerSettings;
  image: PreparedImage;
  view: View;
  base: string;
  network: boolean;
  bounds: Bounds;
  diskBytes: number;
}

/** Starts it. Its root file system is read-only, its powers are none, its network is off unless asked for. */
export async function openCell(options: CellOptions): Promise<Cell> {
  const { engine, settings, image, view } = options;
  let bounds = options.bounds;
  view.users += 1;
  let container: Docker.Container | undefined;
  let removed = false;
  const remove = async (): Promise<void> => {
    if (removed) return;
    removed = true;
    try {
      if (container) await ignoreGone(container.remove({ force: true, v: true }));
    } finally {
      view.users -= 1;
    }
  };
  try {
    const made = await engine.createContainer({
      Image: image.id,
      User: image.user,
      Entrypoint: ['/bin/sh', '-c', scripts.cell, 'swemint'],
      Cmd: [],
      WorkingDir: '/',
      Env: options.network ? Object.entries(proxyVariables()).map((pair) => pair.join('=')) : [],
      Labels: { ...ownerLabels() },
      Healthcheck: { Test: ['NONE'] },
      OpenStdin: true,
      StdinOnce: true,
      HostConfig: {
        ...confined,
        NetworkMode: options.network ? settings.network : 'none',
        ShmSize: options.diskBytes,
        ...(settings.runtime === undefined ? {} : { Runtime: settings.runtime }),
        ...(settings.cpus === undefined ? {} : { NanoCpus: Math.round(settings.cpus * 1e9) }),
        ...resources(bounds),
        Mounts: [
          {
            Type: 'volume',
            Source: view.volume,
            Target: options.base,
            VolumeOptions: noCopy,
          },
          ...Object.entries(view.temporary).map(([Target, Source]) => ({
            Type: 'bind' as const,
            Source,
            Target,
          })),
        ],
      },
    });
    container = made;
    const stream = await attachTo(engine, made.id);
    await made.start();
    return {
      container: made,
      view,
      stream,
      remove: async () => {
        await remove();
        stream.destroy();
      },
      bound: async (wanted) => {
        if (wanted.memoryBytes === bounds.memoryBytes && wanted.processes === bounds.processes) {
          return true;
        }
        try {
          await made.update(resources(wanted));
          bounds = wanted;
          return true;
        } catch {
          return false; // Some engines cannot, and none goes below what is in use.
        }
      },
      run: (program) => runBeside(made, program),
    };
  } catch (error) {
    await remove();
    throw explainEngineError(error, 'start a container');
  }
}

/** Swap is off, or the memory limit would mean little; the supervisor itself takes one process. */
function resources({ memoryBytes, processes }: Bounds): object {
  return {
    ...(memoryBytes === null ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(processes === null ? {} : { PidsLimit: processes + 1 }),
  };
}

async function runBeside(
  container: Docker.Container,
  { argv, stdin, stdout }: RemoteProgram,
): Promise<RemoteAnswer> {
  try {
    const exec = await container.exec({
      Cmd: [...argv],
      AttachStdin: stdin !== undefined,
      AttachStdout: true,
      AttachStderr: true,
    });
    const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
    stream.on('error', () => undefined);
    if (stdin instanceof Readable) stdin.pipe(stream);
    else if (stdin !== undefined) stream.end(stdin);
    const output: Buffer[] = [];
    let stderr = '';
    await demultiplex(stream, {
      stdout: (chunk) => {
        if (!stdout) return void output.push(chunk);
        return give(stdout, chunk);
      },
      stderr: (chunk) => {
        stderr = (stderr + chunk.toString()).slice(-4000);
      },
    });
    stdout?.end();
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode ?? 1, stdout: Buffer.concat(output), stderr };
  } catch (error) {
    stdout?.destroy();
    throw explainEngineError(error, 'run a program in a container');
  }
}
