// What a sandbox's commands see of its folder: private layers over the base, mounted by the engine.
import type Docker from 'dockerode';
import { SwemintError } from '../../core/errors.ts';
import type { Snapshot } from '../../core/sandbox.ts';
import type { Keeper } from './keeper.ts';
import { ignoreGone } from './leftovers.ts';
import { makeVolume } from './volumes.ts';

/** One generation of private files. */
export interface View {
  /** Volume to show at the base's path. */
  readonly volume: string;
  /** Folders on the engine's machine to show at `/tmp` and `/var/tmp`. */
  readonly temporary: Readonly<Record<'/tmp' | '/var/tmp', string>>;
  /** Containers that show it. */
  users: number;
}

interface Layer extends View {
  serial: number;
  temporarySerial: number;
  lower: readonly string[];
}

export interface Views {
  readonly current: View;
  /** A fresh view over `snapshot`, or over the base alone. */
  restore(snapshot?: Snapshot): Promise<void>;
  /** Freezes the present files and goes on with a new layer over them. */
  freeze(): Promise<Snapshot>;
  /** Removes what no container shows and no snapshot needs. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface ViewsOptions {
  engine: Docker;
  name: string;
  keeper: Keeper;
  /** The base on the engine's machine. */
  base: string;
  /** True: commands write to the base itself. */
  direct: boolean;
}

/** Opens the first view. */
export async function openViews(options: ViewsOptions): Promise<Views> {
  const { engine, name, keeper, base, direct } = options;
  const frozen = new Map<string, readonly string[]>();
  const layers = new Set<Layer>();
  let serial = 0;

  const make = async (lower: readonly string[], temporarySerial?: number): Promise<Layer> => {
    serial += 1;
    const number = serial;
    const own = temporarySerial ?? number;
    const at = (part: string): string => `${keeper.folder}/${number}/${part}`;
    await keeper.run([
      `mkdir ${number} && mkdir ${number}/upper ${number}/work`,
      ...(own === number
        ? [`mkdir ${number}/tmp ${number}/vartmp && chmod 1777 ${number}/tmp ${number}/vartmp`]
        : []),
    ]);
    const volume = `${name}-view-${number}`;
    await makeVolume(
      engine,
      volume,
      direct
        ? { type: 'none', device: base, o: 'bind' }
        : {
            type: 'overlay',
            device: 'overlay',
            o: `nosuid,nodev,lowerdir=${lower.join(':')},upperdir=${at('upper')},workdir=${at('work')}`,
          },
    );
    const layer: Layer = {
      volume,
      temporary: {
        '/tmp': `${keeper.folder}/${own}/tmp`,
        '/var/tmp': `${keeper.folder}/${own}/vartmp`,
      },
      users: 0,
      serial: number,
      temporarySerial: own,
      lower,
    };
    layers.add(layer);
    return layer;
  };

  let current = await make([base]);

  const sweep = async (): Promise<void> => {
    for (const layer of layers) {
      if (layer === current || layer.users > 0) continue;
      layers.delete(layer);
      await ignoreGone(engine.getVolume(layer.volume).remove({ force: true }));
      const needed = [...frozen.values(), ...[...layers].map(({ lower }) => lower)].flat();
      const unused = [
        `${layer.serial}/work`,
        ...(needed.includes(`${keeper.folder}/${layer.serial}/upper`)
          ? []
          : [`${layer.serial}/upper`]),
        ...([...layers].some(({ temporarySerial }) => temporarySerial === layer.temporarySerial)
          ? []
          : [`${layer.temporarySerial}/tmp`, `${layer.temporarySerial}/vartmp`]),
      ].join(' ');
      // Programs may have taken the right to list or delete.
      await keeper.run([`chmod -R u+rwx ${unused} 2>/dev/null; rm -rf ${unused} 2>/dev/null; :`]);
    }
  };

  return {
    get current() {
      return current;
    },
    restore: async (snapshot) => {
      const lower = snapshot === undefined ? [base] : frozen.get(snapshot.id);
      if (!lower) {
        throw new SwemintError('no-such-snapshot', 'The snapshot belongs to another sandbox.', {
          hint: 'Restore only what snapshot() of the same sandbox returned.',
        });
      }
      current = await make(lower);
    },
    freeze: async () => {
      const lower = [`${keeper.folder}/${current.serial}/upper`, ...current.lower];
      const snapshot = { id: String(current.serial) };
      current = await make(lower, current.temporarySerial);
      frozen.set(snapshot.id, lower);
      return snapshot;
    },
    sweep,
    close: async () => {
      for (const layer of layers) {
        await ignoreGone(engine.getVolume(layer.volume).remove({ force: true }));
      }
    },
  };
}
