// A sandbox in containers: one per command, over private files that the engine mounts.
import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type Docker from 'dockerode';
import { SwemintError } from '../../core/errors.ts';
import type {
  Command,
  ExecResult,
  Isolation,
  Sandbox,
  SandboxOptions,
} from '../../core/sandbox.ts';
import { openConversation, type Running } from '../command/conversation.ts';
import { commandEnvironment } from '../command/environment.ts';
import { effectiveLimits } from '../command/limits.ts';
import { checkWords } from '../remote/check-words.ts';
import { remoteFiles } from '../remote/files.ts';
import { type Mirror, openMirror } from '../remote/mirror.ts';
import { proxyVariables } from '../remote/proxy.ts';
import type { BaseVolumes } from './base-volumes.ts';
import type { Cell } from './cell.ts';
import { openCells } from './cells.ts';
import { explainEngineError } from './engine.ts';
import type { PreparedImage } from './image.ts';
import { openKeeper } from './keeper.ts';
import { startInCell } from './running.ts';
import type { DockerSettings } from './settings.ts';
import { openViews } from './views.ts';

export interface DockerHands {
  engine: Docker;
  settings: DockerSettings;
  image: PreparedImage;
  isolation: Isolation;
  bases: BaseVolumes;
}

/**
 * Opens a sandbox. With `direct` access, changes are on the host when the command that made them
 * has ended (a spawned program's: when it has, or when the sandbox is disposed) and when a file
 * verb returns; what the host changes meanwhile stays unseen inside.
 */
export async function openDockerSandbox(
  { engine, settings, image, isolation, bases }: DockerHands,
  options: SandboxOptions,
): Promise<Sandbox> {
  options.signal?.throwIfAborted();
  const base = realpathSync(options.base);
  const direct = options.access === 'direct';
  const defaults = effectiveLimits(options.limits);
  const name = `swemint-${randomUUID().slice(0, 12)}`;
  const stack = new AsyncDisposableStack();
  try {
    let content: string;
    if (direct) {
      const own = await bases.send(base, image);
      stack.defer(() => own.remove());
      content = own.folder;
    } else {
      const shared = await bases.take(base, image);
      stack.defer(() => shared.release());
      content = shared.folder;
    }
    const diskBytes = defaults.diskBytes ?? 1024 ** 4;
    const keeper = await openKeeper(engine, { name, image, diskBytes });
    stack.defer(() => keeper.close());
    const views = await openViews({ engine, name, keeper, base: content, direct });
    stack.defer(() => views.close());
    const cells = openCells(
      {
        engine,
        settings,
        image,
        base,
        network: options.network,
        bounds: defaults,
        diskBytes,
      },
      views,
    );
    stack.defer(() => cells.close());

    const mirror: Mirror | undefined = direct ? await openMirror(cells.shell, base) : undefined;
    let updating: Promise<void> = Promise.resolve();
    // Updates compare with the last one: one after another.
    const update = (): Promise<void> => {
      if (!mirror) return Promise.resolve();
      updating = updating.catch(() => undefined).then(() => mirror.update());
      return updating;
    };

    const home = existsSync(join(base, 'home')) ? join(base, 'home') : '/tmp';
    const network = options.network ? proxyVariables() : {};
    const live = new Set<Running>();
    const start = async (command: Command, conversation: boolean): Promise<Running> => {
      command.signal?.throwIfAborted();
      const limits = effectiveLimits(options.limits, command.limits);
      const cwd = command.cwd ?? base;
      const words = [
        isAbsolute(cwd) ? cwd : join(base, cwd),
        ...commandEnvironment(home, image.env, network, options.env, command.env),
        ...command.argv,
      ];
      checkWords(words);
      const cell: Cell = await cells.take(limits);
      const running = startInCell(cell, words, command, limits, conversation);
      live.add(running);
      const result = running.result.finally(() => {
        live.delete(running);
        leave(cell);
      });
      return { ...running, result };
    };
    const leaving = new Set<Promise<void>>();
    const leave = (cell: Cell): void => {
      const removal = cell.remove().finally(() => leaving.delete(removal));
      leaving.add(removal);
      // What could not be removed now is found by its label later.
      removal.catch(() => undefined);
    };
    stack.defer(async () => {
      for (const running of live) running.stop('aborted');
      await Promise.allSettled([...live].map((running) => running.result));
      await update().catch(() => undefined);
      await Promise.allSettled(leaving);
    });

    const exec = async (command: Command): Promise<ExecResult> => {
      const running = await start(command, false);
      const result = await running.result;
      await update();
      return result;
    };
    const files = remoteFiles(cells.shell, base);
    const refuseDirect = (): void => {
      if (!direct) return;
      throw new SwemintError(
        'direct-access',
        'A sandbox with direct access keeps no earlier state.',
        {
          hint: 'Open it with copy-on-write access to freeze and restore.',
        },
      );
    };
    // Beside the next command, not before it; what stays is removed with the sandbox.
    const sweep = (): void => void views.sweep().catch(() => undefined);
    return {
      root: base,
      isolation,
      exec,
      spawn: async (command) => {
        const running = await start(command, true);
        const result = running.result.then(async (ended) => {
          await update();
          return ended;
        });
        return openConversation(
          { ...running, result },
          defaults.outputBytes ?? Number.MAX_SAFE_INTEGER,
        );
      },
      read: files.read,
      write: async (path, data) => {
        await files.write(path, data);
        await update();
      },
      upload: async (hostPath, path) => {
        await files.upload(hostPath, path);
        await update();
      },
      download: files.download,
      snapshot: async () => {
        refuseDirect();
        const snapshot = await views.freeze();
        cells.renew();
        sweep();
        return snapshot;
      },
      restore: async (snapshot) => {
        refuseDirect();
        await views.restore(snapshot);
        cells.renew();
        sweep();
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw explainEngineError(error, 'open a sandbox');
  }
}
