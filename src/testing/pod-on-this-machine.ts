// A supervisor as process 1 of namespaces on this machine, over a copy-on-write view of its files: a pod without a cluster.
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorMessage } from '../core/errors.ts';
import type { Reach } from '../sandbox/kubernetes/link.ts';
import { supervisorWords } from '../sandbox/kubernetes/program.ts';

// What a container engine does for a privileged pod: a root of its own, with the folder of the supervisor.
const ENTER = `set -e
stage=$1; shift
mount -t tmpfs tmpfs "$stage"
mkdir "$stage/upper" "$stage/work" "$stage/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$stage/upper,workdir=$stage/work" "$stage/root"
cd "$stage/root"
mount -t proc proc proc
mount --rbind /sys sys
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for device in null zero full random urandom tty; do
  : >dev/$device
  mount --bind /dev/$device dev/$device
done
mkdir -p swemint
mount -t tmpfs tmpfs swemint
# Not chroot: the kernel allows no user namespaces behind it.
pivot_root . .
umount -l .
exec "$@"`;

const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' };

export interface LocalPod extends AsyncDisposable {
  readonly reach: Reach;
}

const namespaces = (stage: string, words: readonly string[]): string[] => [
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--propagation=private',
  '/bin/sh',
  '-c',
  ENTER,
  'swemint',
  stage,
  ...words,
];

/** Why this machine allows no such pod; undefined when it does. */
export async function explainNoLocalPod(): Promise<string | undefined> {
  const stage = await mkdtemp(join(tmpdir(), 'swemint-pod-'));
  try {
    await promisify(execFile)('unshare', namespaces(stage, ['true']), { env: ENVIRONMENT });
    return undefined;
  } catch (error) {
    return errorMessage(error);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Where `explainNoLocalPod` has nothing to say. */
export async function openLocalPod(): Promise<LocalPod> {
  const stage = await mkdtemp(join(tmpdir(), 'swemint-pod-'));
  const words = supervisorWords({ orphanedSeconds: 60 });
  const child = spawn('unshare', namespaces(stage, words), {
    env: ENVIRONMENT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const pid = String(child.pid);
  const run = promisify(execFile);
  // Its own namespaces hold its socket; whatever it mounts later stays visible there.
  const inside = async (): Promise<string> => {
    for (;;) {
      const inner = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      const ready = ['-t', inner, '-m', '-p', '-r', 'test', '-S', '/swemint/socket'];
      const found = await run('nsenter', ready, { env: ENVIRONMENT }).then(
        () => true,
        () => false,
      );
      if (found) return inner;
      if (child.exitCode !== null) throw new Error('The supervisor has ended.');
      await sleep(20);
    }
  };
  const inner = await inside();
  const reach: Reach = {
    connect: (bridge, take) => {
      const options = ['-t', inner, '-m', '-p', '-r', ...bridge];
      const program = spawn('nsenter', options, {
        env: ENVIRONMENT,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      program.stdin.on('error', () => undefined); // Its end is told by `closed`.
      program.stdout.on('data', take);
      return Promise.resolve({
        send: (parts) => void program.stdin.write(Buffer.concat(parts)),
        close: () => void program.kill('SIGKILL'),
        closed: new Promise((resolve) => program.once('close', () => resolve('its bridge ended'))),
      });
    },
    explainLoss: () =>
      Promise.resolve(child.exitCode === null && !child.killed ? undefined : 'it has ended'),
  };
  return {
    reach,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(stage, { recursive: true, force: true });
    },
  };
}
