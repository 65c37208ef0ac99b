// Our side of `runners/pod/supervisor.py`: requests that are answered, and commands that talk.
import { SwemintError } from '../../core/errors.ts';
import type { ExecOutcome } from '../../core/sandbox.ts';
import type { EffectiveLimits } from '../command/limits.ts';
import type { Link } from './link.ts';
import type { Frame } from './wire.ts';

/** What the supervisor says of a command's end. */
export interface Ending {
  /** How it was stopped; absent when it ended by itself. */
  outcome?: ExecOutcome;
  code?: number;
  signal?: number;
  failure?: 'no-folder' | 'too-long' | 'bad-words';
  broken?: string;
  wallMs: number;
  cpuMs: number | null;
  truncated: boolean;
}

export interface StartRequest {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** `data`: all input is known and comes before the command starts; `stream`: it comes meanwhile. */
  stdin: 'none' | 'data' | 'stream';
  limits: EffectiveLimits;
  /** Bytes of output that may be under way without `credit`; null for no bound. */
  window: number | null;
  /** True when standard output does not count against the limit. */
  unbounded: boolean;
  /** A program of ours that prepares the files, with all power there is. */
  trusted: boolean;
}

export interface Listener {
  output(stream: 1 | 2, data: Buffer): void;
  /** Bytes of input that have left the channel. */
  taken(bytes: number): void;
}

export interface StartedCommand {
  readonly ended: Promise<Ending>;
  input(data: Uint8Array): void;
  endInput(): void;
  credit(bytes: number): void;
  stop(outcome: ExecOutcome): void;
}

interface OpenRequest {
  base: string;
  direct: boolean;
  /** Bytes that commands may store, where a pod can bound it. */
  diskBytes: number;
  network: boolean;
  /** User and group of commands, where a pod can choose. */
  owner: readonly [number, number];
}

export interface Opened {
  /** True when commands get namespaces of their own and private layers. */
  isolated: boolean;
  owner: readonly [number, number];
  /** The image's own variables. */
  env: Readonly<Record<string, string>>;
  /** Where the base is to be unpacked. */
  folder: string;
}

export interface Supervisor {
  /** Prepares the place for the files of `base`, which are then to be unpacked and sealed. */
  open(request: OpenRequest): Promise<Opened>;
  /** The files are complete: commands may run. */
  seal(): Promise<void>;
  /** A name for the present state of the files. */
  snapshot(): Promise<string>;
  /** Back to a state, or to the first one for null. */
  restore(snapshot: string | null): Promise<void>;
  start(request: StartRequest, listener: Listener): StartedCommand;
}

const PART = 1 << 16;

/** Takes the frames of `link` from `handle`. */
export function openSupervisor(link: Pick<Link, 'lost' | 'send'>): {
  supervisor: Supervisor;
  handle: (frame: Frame) => void;
} {
  let serial = 0;
  const answers = new Map<number, (header: Frame['header']) => void>();
  const listeners = new Map<number, Listener>();

  const handle = ({ header, payload }: Frame): void => {
    const id = header['id'] as number;
    if (header['op'] === 'output') listeners.get(id)?.output(header['stream'] as 1 | 2, payload);
    else if (header['op'] === 'taken') listeners.get(id)?.taken(header['bytes'] as number);
    else answers.get(id)?.(header);
  };
  const answer = async (id: number): Promise<Frame['header']> => {
    try {
      return await Promise.race([
        new Promise<Frame['header']>((resolve) => answers.set(id, resolve)),
        link.lost,
      ]);
    } finally {
      answers.delete(id);
      listeners.delete(id);
    }
  };
  const ask = async (op: string, fields: object = {}): Promise<Frame['header']> => {
    serial += 1;
    const answered = answer(serial);
    link.send({ ...fields, op, id: serial });
    const header = await answered;
    if (header['op'] !== 'failed') return header;
    throw explainRefusal(header as { kind: string; message: string });
  };
  const supervisor: Supervisor = {
    open: async (request) => (await ask('open', request)) as unknown as Opened,
    seal: async () => void (await ask('seal')),
    snapshot: async () => String((await ask('snapshot'))['snapshot']),
    restore: async (snapshot) => void (await ask('restore', { snapshot })),
    start: (request, listener) => {
      serial += 1;
      const id = serial;
      listeners.set(id, listener);
      const ended = answer(id).then((header) => {
        if (header['op'] === 'failed') throw explainRefusal(header as never);
        return header as unknown as Ending;
      });
      link.send({ ...request, op: 'start', id });
      return {
        ended,
        input: (data) => {
          for (let offset = 0; offset < data.length; offset += PART) {
            link.send({ op: 'input', id }, data.subarray(offset, offset + PART));
          }
        },
        endInput: () => link.send({ op: 'input-end', id }),
        credit: (bytes) => link.send({ op: 'credit', id, bytes }),
        stop: (outcome) => link.send({ op: 'stop', id, outcome }),
      };
    },
  };
  return { supervisor, handle };
}

function explainRefusal({ kind, message }: { kind: string; message: string }): SwemintError {
  if (kind === 'LookupError' && message === 'direct') {
    return new SwemintError(
      'direct-access',
      'A sandbox with direct access keeps no earlier state.',
      { hint: 'Open it with copy-on-write access to freeze and restore.' },
    );
  }
  if (kind === 'LookupError') {
    return new SwemintError('no-such-snapshot', 'The snapshot belongs to another sandbox.', {
      hint: 'Restore only what snapshot() of the same sandbox returned.',
    });
  }
  return new SwemintError('sandbox-broken', `A sandbox pod failed: ${kind}: ${message}`);
}
