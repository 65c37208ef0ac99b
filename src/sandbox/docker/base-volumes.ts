// Sends the host's environment folders to the engine, each state of each folder once.
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type Docker from 'dockerode';
import { ownerLabels } from '../remote/owner.ts';
import { type Owner, packFolder } from '../remote/pack.ts';
import { treeState } from '../remote/tree-state.ts';
import { explainEngineError } from './engine.ts';
import type { PreparedImage } from './image.ts';
import { ignoreGone } from './leftovers.ts';
import { makeVolume, noCopy, volumeFolder } from './volumes.ts';

export interface BaseVolume {
  /** Where the engine's machine keeps the folder's content. */
  readonly folder: string;
  /** Gives it back; it stays a while for the next sandbox over the same folder. */
  release(): void;
}

interface Sent {
  base: string;
  name: string;
  folder: Promise<string>;
  users: number;
  expiry: NodeJS.Timeout | undefined;
}

const LINGER_MS = 120_000;

export interface BaseVolumes {
  take(base: string, image: PreparedImage): Promise<BaseVolume>;
  /** A copy of one's own, to write to. */
  send(base: string, image: PreparedImage): Promise<{ folder: string; remove(): Promise<void> }>;
}

/** One per connection: its volumes go when unused for two minutes, or when the process ends. */
export function openBaseVolumes(engine: Docker): BaseVolumes {
  const sent = new Map<string, Sent>();
  const drop = async (key: string, entry: Sent): Promise<void> => {
    if (entry.users > 0) return;
    clearTimeout(entry.expiry);
    sent.delete(key);
    await ignoreGone(engine.getVolume(entry.name).remove({ force: true }));
  };
  // Asynchronous work here keeps the process alive until it is done; a killed one's labels tell the next.
  process.once('beforeExit', () => {
    for (const [key, entry] of sent) void drop(key, entry).catch(() => undefined);
  });

  return {
    take: async (base, image) => {
      const { user, group } = image.owner;
      const key = `${treeState(base)} ${user}:${group}`;
      for (const [other, entry] of sent) {
        if (entry.base === base && other !== key) await drop(other, entry);
      }
      let entry = sent.get(key);
      if (!entry) {
        const name = volumeName();
        entry = {
          base,
          name,
          users: 0,
          expiry: undefined,
          folder: fill(engine, name, base, image),
        };
        sent.set(key, entry);
        entry.folder.catch(() => sent.delete(key));
      }
      const mine = entry;
      mine.users += 1;
      clearTimeout(mine.expiry);
      const folder = await mine.folder;
      return {
        folder,
        release: () => {
          mine.users -= 1;
          const expire = (): void => void drop(key, mine).catch(() => undefined);
          if (mine.users === 0) mine.expiry = setTimeout(expire, LINGER_MS).unref();
        },
      };
    },
    send: async (base, image) => {
      const name = volumeName();
      const folder = await fill(engine, name, base, image);
      return { folder, remove: () => ignoreGone(engine.getVolume(name).remove({ force: true })) };
    },
  };
}

const volumeName = (): string => `swemint-base-${randomUUID().slice(0, 12)}`;

/** Through a container that is never started: the engine unpacks by itself, whatever the image has. */
async function fill(
  engine: Docker,
  name: string,
  base: string,
  image: PreparedImage,
): Promise<string> {
  const owner: Owner = image.owner;
  let container: Docker.Container | undefined;
  try {
    await makeVolume(engine, name, undefined);
    container = await engine.createContainer({
      Image: image.id,
      Entrypoint: ['/bin/sh'],
      Cmd: [],
      Labels: { ...ownerLabels() },
      HostConfig: {
        NetworkMode: 'none',
        Mounts: [{ Type: 'volume', Source: name, Target: '/base', VolumeOptions: noCopy }],
      },
    });
    await using packing = await packFolder(base, { owner, named: true });
    await container.putArchive(packing.stream, { path: '/base' });
    await packing.done;
    return `${await volumeFolder(engine, name)}/${basename(base)}`;
  } catch (error) {
    await ignoreGone(engine.getVolume(name).remove({ force: true })).catch(() => undefined);
    throw explainEngineError(error, `take the folder ${base}`);
  } finally {
    if (container) await ignoreGone(container.remove({ force: true }));
  }
}
