// Reads the kernel's list of mounts.
import { readFileSync } from 'node:fs';

export interface Mount {
  target: string;
  type: string;
  options: readonly string[];
  /** Options of the file system itself; for control groups, the controllers. */
  superOptions: readonly string[];
}

/** Parses `/proc/PID/mountinfo`; octal escapes in paths are undone. */
export function parseMounts(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split(' ');
      const separator = fields.indexOf('-');
      return {
        target: unescape(fields[4] ?? '/'),
        type: fields[separator + 1] ?? '',
        options: (fields[5] ?? '').split(','),
        superOptions: (fields[separator + 3] ?? '').split(','),
      };
    });
}

/** Mounts of this process, outermost first. */
export function readMounts(): Mount[] {
  return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** True when `path` is `folder` or lies in it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

// The kernel writes bytes, so an escape stands for one byte of UTF-8; only ASCII is ever escaped.
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
