// Real pipes for a command's streams: Node's own are sockets, which programs cannot reopen as /dev/stdout.
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

/** Names of the pipes that one command needs, in a folder made for it. */
export const PIPE_NAMES = ['stdin', 'stdout', 'stderr'] as const;

/** Both ends of one command's streams. */
export interface Pipes {
  /** For the command, blocking, in the order of its descriptors. Close once it has started. */
  readonly inner: readonly [number, number, number];
  readonly stdin: Socket | null;
  readonly stdout: Socket;
  readonly stderr: Socket;
}

/** Where standard input comes from: nowhere, bytes known beforehand, or an open line. */
export type InputSource =
  | { kind: 'nothing' }
  | { kind: 'data'; data: string | Uint8Array }
  | { kind: 'conversation' };

/** Opens the named pipes in `folder`, none of which is in use. */
export function openPipes(folder: string, source: InputSource): Pipes {
  const [stdin, stdout, stderr] = PIPE_NAMES.map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  // A reader must exist before a writer can open without waiting, and the other way round.
  const readers = [stdout, stderr].map((path) => openSync(path, O_RDONLY | O_NONBLOCK));
  const writers = [stdout, stderr].map((path) => openSync(path, O_WRONLY));
  let input: number;
  let feed: Socket | null = null;
  if (source.kind === 'conversation') {
    const both = openSync(stdin, O_RDWR);
    input = openSync(stdin, O_RDONLY);
    feed = new Socket({
      fd: openSync(stdin, O_WRONLY | O_NONBLOCK),
      readable: false,
      writable: true,
    });
    closeSync(both);
  } else if (source.kind === 'data') {
    // A named pipe cannot be opened again once its writer is gone; a file can.
    const file = join(folder, 'input');
    writeFileSync(file, source.data, { mode: 0o400 });
    input = openSync(file, O_RDONLY);
    unlinkSync(file);
  } else {
    input = openSync('/dev/null', O_RDONLY);
  }
  const [output, errors] = readers.map(
    (fd) => new Socket({ fd, readable: true, writable: false }),
  ) as [Socket, Socket];
  return {
    inner: [input, ...writers] as unknown as [number, number, number],
    stdin: feed,
    stdout: output,
    stderr: errors,
  };
}

let leaky: number[] | undefined;

/**
 * Descriptors above 2 that our own parent left open for children. Node marks all it opens itself as
 * close-on-exec, but not these; a command must not get them.
 */
export function inheritedDescriptors(): readonly number[] {
  leaky ??= readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && !closesOnExec(fd));
  return leaky;
}

function closesOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & 0o2000000) !== 0;
  } catch {
    return true; // Closed meanwhile: it was the descriptor of the listing itself.
  }
}
