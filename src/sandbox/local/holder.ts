// One long-lived process per sandbox that keeps its namespaces; when it goes, everything inside goes.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { SwemintError } from '../../core/errors.ts';
import { scripts, toolEnvironment } from './scripts.ts';

export interface Holder {
  /** As the host counts it. */
  readonly pid: number;
  /** Runs shell lines inside, one after another; throws at the first that fails. */
  run(lines: readonly string[]): Promise<void>;
  /** Ends every process of the sandbox and waits until they are gone. */
  close(): Promise<void>;
}

export interface HolderOptions {
  network: boolean;
  /** Without root, a user namespace gives the power to mount. */
  userNamespace: boolean;
}

/**
 * Starts a process in fresh mount, process, host-name and (without network) network namespaces.
 * Its standard input is the link to us: if we die in any way, it reads the end, exits as process 1,
 * and the kernel ends everything it held.
 */
export async function openHolder(options: HolderOptions): Promise<Holder> {
  const flags = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
  if (!options.network) flags.push('--net');
  if (options.userNamespace) flags.push('--user', '--map-root-user');
  const child = spawn('unshare', [...flags, '/bin/sh', '-c', scripts.hold], {
    env: toolEnvironment,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      stderr += error.message;
      resolve();
    });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) {
      throw new SwemintError('sandbox-broken', `The sandbox's holder ended: ${stderr.trim()}`);
    }
    return line.value;
  };
  const pid = Number(await next());
  return {
    pid,
    run: async (script) => {
      if (script.length === 0) return;
      // All lines travel at once; the answers come one per line.
      child.stdin.write(script.map((line) => `${line}\n`).join(''));
      let failed: string | undefined;
      for (const line of script) {
        const answer = await next();
        if (answer !== 'status 0') failed ??= line;
      }
      if (failed !== undefined) {
        throw new SwemintError('sandbox-setup', `"${failed}" failed: ${stderr.trim()}`);
      }
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
      child.stdin.destroy();
      await ended;
    },
  };
}
