// The container that holds a sandbox's private layers: a memory file system that lives as long as it does.
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { SwemintError } from '../../core/errors.ts';
import { ownerLabels } from '../remote/owner.ts';
import { scripts } from '../local/scripts.ts';
import { attachTo } from './attach.ts';
import { confined } from './confined.ts';
import { demultiplex } from './demultiplex.ts';
import { ignoreGone } from './leftovers.ts';
import type { PreparedImage } from './image.ts';
import { makeVolume, noCopy, volumeFolder } from './volumes.ts';

export interface Keeper {
  /** Where the engine's machine shows the layers. */
  readonly folder: string;
  /** Runs shell lines in that folder; throws at the first that fails. */
  run(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const PAGE = 4096;
const STAGE = '/run/swemint';

/** `diskBytes` bounds everything that commands of the sandbox write. */
export async function openKeeper(
  engine: Docker,
  options: { name: string; image: PreparedImage; diskBytes: number },
): Promise<Keeper> {
  const { name, image, diskBytes } = options;
  const { user, group } = image.owner;
  // In pages: Podman takes `size` for a quota of the file system below. Empty files take memory
  // too, though none of the size.
  const pages = Math.max(1, Math.floor(diskBytes / PAGE));
  const inodes = Math.max(1024, pages);
  await makeVolume(engine, name, {
    type: 'tmpfs',
    device: 'tmpfs',
    o: `nosuid,nodev,mode=0755,uid=${user},gid=${group},nr_blocks=${pages},nr_inodes=${inodes}`,
  });
  const container = await engine.createContainer({
    name,
    Image: image.id,
    User: image.user,
    Entrypoint: ['/bin/sh', '-c', scripts.hold],
    Cmd: [],
    WorkingDir: STAGE,
    Labels: { ...ownerLabels() },
    OpenStdin: true,
    // When we die in any way, the engine closes its input, and it ends.
    StdinOnce: true,
    HostConfig: {
      ...confined,
      AutoRemove: true,
      NetworkMode: 'none',
      Memory: 128 * MEBIBYTE,
      PidsLimit: 16,
      Mounts: [{ Type: 'volume', Source: name, Target: STAGE, VolumeOptions: noCopy }],
    },
  });
  const stream = await attachTo(engine, container.id);
  const output = new PassThrough();
  let complaint = '';
  const reading = demultiplex(stream, {
    stdout: (chunk) => void output.write(chunk),
    stderr: (chunk) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    },
  }).finally(() => output.end());
  await container.start();
  const answers = createInterface({ input: output })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const answer = await answers.next();
    if (answer.done === true) {
      throw new SwemintError('sandbox-broken', `The sandbox's keeper ended: ${complaint.trim()}`);
    }
    return answer.value;
  };
  await next(); // Its process number, which means nothing here.
  // One conversation at a time: answers carry no name.
  let turn: Promise<void> = Promise.resolve();
  const run = async (lines: readonly string[]): Promise<void> => {
    stream.write(lines.map((line) => `${line}\n`).join(''));
    let failed: string | undefined;
    for (const line of lines) if ((await next()) !== 'status 0') failed ??= line;
    if (failed !== undefined) {
      throw new SwemintError('sandbox-setup', `"${failed}" failed: ${complaint.trim()}`);
    }
  };
  return {
    folder: await volumeFolder(engine, name),
    run: (lines) => {
      const mine = turn.then(() => run(lines));
      turn = mine.catch(() => undefined);
      return mine;
    },
    close: async () => {
      await ignoreGone(container.remove({ force: true }));
      stream.destroy();
      await reading;
      await ignoreGone(engine.getVolume(name).remove({ force: true }));
    },
  };
}
