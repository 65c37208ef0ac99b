// Separates a command's standard error from the last word of its container's process 1.
import type { Ending } from '../command/ending.ts';
import { signalName } from '../command/ending.ts';

export interface Report {
  ending: Ending;
  /** CPU milliseconds of the whole container; null where the engine's machine does not tell. */
  cpuMs: number | null;
  /** True when the kernel killed something for want of memory. */
  starved: boolean;
}

export interface ReportReader {
  /** Takes a chunk; returns what of it (and of earlier ones) is surely the command's own. */
  take(chunk: Buffer): Buffer;
  /** What was held back and was the command's own after all. */
  rest(): Buffer;
  /** Undefined when process 1 was killed before it could say anything. */
  report(): Report | undefined;
}

const REPORT_BYTES = 4096;
const SHELL_SILENT = new Set(['SIGINT', 'SIGPIPE']);

/** `mark` is a word that the command cannot know. */
export function openReportReader(mark: string): ReportReader {
  const start = Buffer.from(`\n${mark} `);
  let held = Buffer.alloc(0);
  let report: Buffer | undefined;
  return {
    take: (chunk) => {
      if (report) {
        report = Buffer.concat([report, chunk]).subarray(0, REPORT_BYTES);
        return Buffer.alloc(0);
      }
      const text = Buffer.concat([held, chunk]);
      const found = text.indexOf(start);
      if (found !== -1) {
        report = text.subarray(found + start.length);
        held = Buffer.alloc(0);
        return text.subarray(0, found);
      }
      // Only the beginning of a mark can be at the end.
      const from = Math.max(0, text.length - start.length + 1);
      const newline = text.indexOf('\n', from);
      const keep = newline === -1 ? text.length : newline;
      held = Buffer.from(text.subarray(keep));
      return text.subarray(0, keep);
    },
    rest: () => held,
    report: () => (report ? parseReport(report.toString('utf8')) : undefined),
  };
}

/** `exit 137 signal cpu=1234 kills=0`, or `no-folder 0`. */
function parseReport(text: string): Report | undefined {
  const [line = ''] = text.split('\n');
  if (line.startsWith('no-folder')) {
    return { ending: { kind: 'no-folder' }, cpuMs: null, starved: false };
  }
  const match = /^exit (?<code>\d+) (?<said>signal)? ?cpu=(?<cpu>-?\d+) kills=(?<kills>\d+)/.exec(
    line,
  );
  if (!match?.groups) return undefined;
  const { code, said, cpu, kills } = match.groups;
  const name = Number(code) > 128 ? signalName(Number(code) - 128) : null;
  const signaled = name !== null && (said !== undefined || SHELL_SILENT.has(name));
  return {
    ending: signaled ? { kind: 'signal', name } : { kind: 'exit', code: Number(code) },
    cpuMs: Number(cpu) > 0 ? Number(cpu) / 1000 : null,
    starved: Number(kills) > 0,
  };
}
