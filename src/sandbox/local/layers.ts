// The private layers of a copy-on-write sandbox: which are visible, which are frozen, which can go.
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { SwemintError } from '../../core/errors.ts';
import type { Snapshot } from '../../core/sandbox.ts';

/** Layer folders as the holder sees them, newest lower layer first. */
export interface LayerStack {
  upper: string;
  work: string;
  lower: readonly string[];
}

export interface Layers {
  /** A stack with a new empty upper layer over `snapshot`, or over the base alone. */
  restore(snapshot?: Snapshot): LayerStack;
  /** Freezes the present upper layer; returns its name and the stack to go on with. */
  freeze(): { snapshot: Snapshot; stack: LayerStack };
  /** Deletes the layers that nothing refers to. Call when no command runs. */
  sweep(): Promise<void>;
}

/** `folder` is where layers live inside, `host` how the driver reaches that place; `removeInside` deletes by the inner path. */
export function openLayers(
  folder: string,
  host: string,
  base: string,
  removeInside: (folder: string) => Promise<void>,
): Layers {
  const frozen = new Map<string, readonly string[]>();
  let serial = 0;
  let lower: readonly string[] = [base];
  const present = new Set<string>();

  const renew = (): LayerStack => {
    serial += 1;
    const name = String(serial);
    for (const path of [name, `${name}/upper`, `${name}/work`]) mkdirSync(`${host}/${path}`);
    present.add(name);
    return { upper: `${folder}/${name}/upper`, work: `${folder}/${name}/work`, lower };
  };

  return {
    restore: (snapshot) => {
      const found = snapshot === undefined ? [base] : frozen.get(snapshot.id);
      if (!found) {
        throw new SwemintError('no-such-snapshot', 'The snapshot belongs to another sandbox.', {
          hint: 'Restore only what snapshot() of the same sandbox returned.',
        });
      }
      lower = found;
      return renew();
    },
    freeze: () => {
      lower = [`${folder}/${serial}/upper`, ...lower];
      const snapshot = { id: `${serial}` };
      frozen.set(snapshot.id, lower);
      return { snapshot, stack: renew() };
    },
    sweep: async () => {
      const used = new Set([...frozen.values()].flat().concat(lower, `${folder}/${serial}/upper`));
      const stale = [...present].filter((name) => !used.has(`${folder}/${name}/upper`));
      for (const name of stale) {
        present.delete(name);
        try {
          await rm(`${host}/${name}`, { recursive: true, force: true });
        } catch {
          // Hostile trees can be deeper than any path is long; `rm` walks them folder by folder.
          await removeInside(`${folder}/${name}`);
        }
      }
    },
  };
}
