// A container engine for tests: the one that DOCKER_HOST names, or a Docker daemon of their own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runProgram } from '../../lib/process.ts';

export interface TestEngine {
  /** For `DOCKER_HOST`. */
  host: string;
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 20_000;

/** Why there is none, as one sentence, where this machine cannot give one. */
export async function startEngine(): Promise<TestEngine | string> {
  const given = process.env['DOCKER_HOST'];
  if (given !== undefined) return { host: given, stop: () => Promise.resolve() };
  if (process.getuid?.() !== 0) return 'Only root can start a container engine.';
  if (!isInstalled('dockerd')) return 'There is no dockerd on the PATH.';
  // Sockets below it must fit 108 characters.
  const folder = await mkdtemp('/tmp/swd-');
  const socket = join(folder, 's');
  const log = join(folder, 'log');
  const child = spawn(
    'sh',
    [
      '-c',
      // Without a bridge and rules it needs no power over the machine's network; machines that
      // bound open files cannot give containers the usual number.
      'exec dockerd --data-root "$1/d" --exec-root "$1/e" --pidfile "$1/p" --host "unix://$2" --bridge=none --iptables=false --ip6tables=false --default-ulimit nofile=1024:4096 >"$3" 2>&1',
      'swemint',
      folder,
      socket,
      log,
    ],
    { stdio: 'ignore', detached: true },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(timer);
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    if (await answers(socket)) return { host: `unix://${socket}`, stop };
    await wait(100);
  }
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  await stop();
  return `dockerd does not start here: ${lines.at(-1)}`;
}

/** A daemon leaves a network namespace mounted, and what it was killed over. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((target) => target.startsWith(`${folder}/`));
  for (const target of mounts.toReversed()) await runProgram('umount', ['--lazy', target]);
}

function isInstalled(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}
