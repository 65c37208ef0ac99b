// A folder of the host as a tar stream. The machine's own tar: names of files are bytes, which Node would change.
import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { SwemintError, errorMessage } from '../../core/errors.ts';
import { runProgram } from '../../lib/process.ts';

export interface Packing extends AsyncDisposable {
  readonly stream: Readable;
  /** Resolves when everything was read; throws `SwemintError('pack-failed')`. */
  readonly done: Promise<void>;
}

/** Whom the files belong to inside; numbers, since the names are another machine's. */
export interface Owner {
  user: number;
  group: number;
}

let ownerWords: Promise<(owner: Owner) => string[]> | undefined;

export interface PackOptions {
  owner?: Owner;
  /** Under the folder's own name, not as what is in it. */
  named?: boolean;
}

/** Packs a folder; links stay links. */
export async function packFolder(folder: string, options: PackOptions = {}): Promise<Packing> {
  ownerWords ??= askDialect();
  const words = options.owner === undefined ? [] : (await ownerWords)(options.owner);
  const what =
    options.named === true ? ['-C', dirname(folder), `./${basename(folder)}`] : ['-C', folder, '.'];
  const child = spawn('tar', [...words, '-c', '-f', '-', ...what], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  // Taken at once: Node throws away what nobody listens to when a program ends.
  const stream = child.stdout.pipe(new PassThrough());
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const done = new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void =>
      reject(new SwemintError('pack-failed', `${folder} could not be read: ${reason}`));
    child.once('error', (error) => fail(errorMessage(error)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(complaint.trim() || `tar ended with ${code ?? signal}`);
    });
  });
  // Whoever reads the stream may fail first and never ask.
  done.catch(() => undefined);
  return {
    stream,
    done,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await done.catch(() => undefined);
    },
  };
}

// GNU's and BSD's tar name the owner differently.
async function askDialect(): Promise<(owner: Owner) => string[]> {
  const { stdout } = await runProgram('tar', ['--version']);
  return stdout.includes('bsdtar')
    ? ({ user, group }) => ['--uid', `${user}`, '--gid', `${group}`, '--uname', '', '--gname', '']
    : ({ user, group }) => [`--owner=:${user}`, `--group=:${group}`, '--numeric-owner'];
}
