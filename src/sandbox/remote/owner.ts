// Marks what this process makes on another machine, so that a later one can tell whether its maker still lives.
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { shortHash } from '../../core/ids.ts';

export interface OwnerLabels {
  /** This machine, as far as process numbers mean the same. */
  'swemint.machine': string;
  /** Process number, start of the process, start of the machine. */
  'swemint.process': string;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // Not Linux: the host name and the process number have to do.
  }
};

const boot = (): string => read('/proc/sys/kernel/random/boot_id').slice(0, 8);

/** Labels for everything made; values suit Docker and Kubernetes. */
export function ownerLabels(): OwnerLabels {
  return {
    'swemint.machine': machine(),
    'swemint.process': `${process.pid}-${startTime(process.pid)}-${boot()}`,
  };
}

/** True when labels are of this machine and their process is gone: then what they are on can go. */
export function isOrphan(labels: Readonly<Record<string, string>> | null | undefined): boolean {
  const [pid = '', start = '', bootId = ''] = (labels?.['swemint.process'] ?? '').split('-');
  if (labels?.['swemint.machine'] !== machine() || pid === '') return false;
  if (bootId !== boot()) return true;
  return !isAlive(Number(pid)) || startTime(Number(pid)) !== start;
}

function machine(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: there is only one.
  }
  return shortHash(hostname(), namespace);
}

function startTime(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
