// Keeps one started container in reserve, so that a command seldom waits for one.
import type { RemoteShell } from '../remote/remote-shell.ts';
import { type Bounds, type Cell, openCell, type CellOptions } from './cell.ts';
import type { Views } from './views.ts';

const PAUSE_MS = 100;

export interface Cells {
  /** A container of the present view with these bounds, for one command; the caller removes it. */
  take(bounds: Bounds): Promise<Cell>;
  /** Runs a program of ours in the present view. */
  readonly shell: RemoteShell;
  /** Call when the view has changed. */
  renew(): void;
  close(): Promise<void>;
}

export function openCells(options: Omit<CellOptions, 'view'>, views: Views): Cells {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let spare: Promise<Cell> | undefined;
  const leaving = new Set<Promise<void>>();

  const open = (bounds: Bounds): Promise<Cell> =>
    openCell({ ...options, bounds, view: views.current });
  const discard = (cell: Promise<Cell>): void => {
    // One that never started has told whoever waited for it.
    const removal = cell.then((started) => started.remove()).catch(() => undefined);
    leaving.add(removal);
    void removal.then(() => leaving.delete(removal));
  };
  const prepare = (): void => {
    if (closed || spare) return;
    spare = open(options.bounds);
    spare.catch(() => undefined); // Whoever takes it hears of it.
  };
  // Who closes the sandbox after one short command needs no further container.
  const prepareSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      prepare();
    }, PAUSE_MS).unref();
  };
  const takeSpare = (): Promise<Cell> | undefined => {
    const found = spare;
    spare = undefined;
    return found;
  };

  prepare();
  return {
    take: async (bounds) => {
      const found = takeSpare();
      prepareSoon();
      if (!found) return open(bounds);
      const cell = await found;
      if (await cell.bound(bounds)) return cell;
      discard(found);
      return open(bounds);
    },
    shell: async (program) => {
      const found = takeSpare() ?? open(options.bounds);
      const cell = await found;
      try {
        return await cell.run(program);
      } finally {
        if (!closed && !spare && cell.view === views.current) spare = found;
        else discard(found);
      }
    },
    renew: () => {
      const old = takeSpare();
      if (old) discard(old);
      prepare();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      const old = takeSpare();
      if (old) discard(old);
      await Promise.all(leaving);
    },
  };
}
