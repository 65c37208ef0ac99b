// A sandbox behind a supervisor, however its pod came to be: files in, commands, files out.
import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { createGzip } from 'node:zlib';
import type { Command, ExecResult, Sandbox, SandboxOptions } from '../../core/sandbox.ts';
import { openConversation, type Running } from '../command/conversation.ts';
import { commandEnvironment } from '../command/environment.ts';
import { effectiveLimits } from '../command/limits.ts';
import { checkWords } from '../remote/check-words.ts';
import { remoteFiles } from '../remote/files.ts';
import { openMirror } from '../remote/mirror.ts';
import { packFolder } from '../remote/pack.ts';
import { proxyVariables } from '../remote/proxy.ts';
import { requireSuccess } from '../remote/remote-shell.ts';
import { describeIsolation } from './isolation.ts';
import { openLink, type Reach } from './link.ts';
import { unpackWords } from './program.ts';
import { startInPod } from './running.ts';
import type { KubernetesSettings } from './settings.ts';
import { podShell } from './shell.ts';
import { openSupervisor } from './supervisor.ts';
import type { Frame } from './wire.ts';

/** Sends the base to a running supervisor; closing the sandbox leaves it running. */
export async function openSupervised(
  reach: Reach,
  settings: KubernetesSettings,
  options: SandboxOptions,
): Promise<Sandbox> {
  const base = realpathSync(options.base);
  const direct = options.access === 'direct';
  const defaults = effectiveLimits(options.limits);
  const diskBytes = defaults.diskBytes ?? 1024 ** 4;
  await using opening = new AsyncDisposableStack();
  let take: (frame: Frame) => void = () => undefined;
  const link = await openLink(reach, (frame) => take(frame));
  opening.defer(() => link.close());
  const { supervisor, handle } = openSupervisor(link);
  take = handle;
  const { user } = settings;
  const opened = await supervisor.open({
    base,
    direct,
    diskBytes,
    network: options.network,
    owner: [user, user],
  });
  const prepare = podShell(supervisor, opened.env, true);
  await using packing = await packFolder(base, { owner: { user, group: user } });
  // Every byte passes through half a dozen programs on its way; compressing is cheaper.
  const stdin = packing.stream.pipe(createGzip({ level: 1 }));
  const unpacked = await prepare({ argv: unpackWords(opened.folder), stdin });
  await packing.done;
  requireSuccess(unpacked, 'write its files');
  await supervisor.seal();

  const shell = podShell(supervisor, opened.env);
  const mirror = direct ? await openMirror(shell, base) : undefined;
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
  const start = (command: Command, conversation: boolean): Running => {
    command.signal?.throwIfAborted();
    const cwd = command.cwd ?? base;
    const words = commandEnvironment(home, opened.env, network, options.env, command.env);
    checkWords([...words, ...command.argv]);
    const request = {
      argv: command.argv,
      cwd: isAbsolute(cwd) ? cwd : join(base, cwd),
      env: Object.fromEntries(words.map(splitPair)),
      limits: effectiveLimits(options.limits, command.limits),
    };
    const running = startInPod(supervisor, request, command, conversation);
    live.add(running);
    return { ...running, result: running.result.finally(() => live.delete(running)) };
  };
  const exec = async (command: Command): Promise<ExecResult> => {
    const result = await start(command, false).result;
    await update();
    return result;
  };
  const files = remoteFiles(shell, base);
  const closing = opening.move();
  closing.defer(async () => {
    for (const running of live) running.stop('aborted');
    await Promise.allSettled([...live].map((running) => running.result));
    await update().catch(() => undefined);
  });
  return {
    root: base,
    isolation: describeIsolation(settings, opened.isolated),
    exec,
    spawn: (command) => {
      const running = start(command, true);
      const result = running.result.then(async (ended) => {
        await update();
        return ended;
      });
      const lineBytes = defaults.outputBytes ?? Number.MAX_SAFE_INTEGER;
      return Promise.resolve(openConversation({ ...running, result }, lineBytes));
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
    snapshot: async () => ({ id: await supervisor.snapshot() }),
    restore: (snapshot) => supervisor.restore(snapshot?.id ?? null),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}
