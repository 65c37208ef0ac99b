// Reads the report that our runners write inside a sandbox. Tests may write to it too, so it is data to doubt.
import { z } from 'zod';
import type { ExecResult } from '../core/sandbox.ts';
import type { CollectionError, RunOutcome, SuiteRun, TestResult } from '../core/schema/index.ts';
import { failureKind, testStatus } from '../core/schema/index.ts';
import { cleanId, cleanText } from './clean-text.ts';

const MESSAGE_LIMIT = 4000;
const TAIL_LIMIT = 8000;
const LINE_LIMIT = 4_000_000;

/** One line of a report, as the programs in `runners/` write it to the file `SWEMINT_REPORT` names. */
const reportLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), framework: z.string(), version: z.string() }),
  z.object({ type: z.literal('test-start'), id: z.string().min(1) }),
  z.object({
    type: z.literal('test'),
    id: z.string().min(1),
    file: z.string(),
    status: testStatus,
    kind: failureKind.optional(),
    ms: z.number().nonnegative(),
    cpuMs: z.number().nonnegative().optional(),
    message: z.string().optional(),
  }),
  // What began turned out to be a group of tests without a result of its own.
  z.object({ type: z.literal('group'), id: z.string().min(1) }),
  z.object({ type: z.literal('collection-error'), file: z.string(), message: z.string() }),
  // A helper that the runner took for a test file and, finding nothing in it, calls a failure.
  z.object({ type: z.literal('empty-file'), file: z.string() }),
  z.object({ type: z.literal('end'), exit: z.number().int() }),
]);
type ReportLine = z.infer<typeof reportLine>;

interface Reading {
  results: Map<string, TestResult>;
  collectionErrors: Map<string, CollectionError>;
  /** Tests that began and have no result, in order. */
  running: Set<string>;
  /** Files without tests, which explain a bad exit code. */
  emptyFiles: number;
  ends: number[];
}

/** A result can only get worse, whoever wrote the better one. */
const BADNESS = { passed: 0, skipped: 1, failed: 2 } as const;

/**
 * Reads a runner's report together with how its process ended.
 *
 * A test that was running when the run was cut counts as failed (`timeout` or `crash`). The run is
 * `completed` only when the report has exactly one end mark, no test is left running, and the
 * process's own exit code does not contradict it; a forged mark can lose results, never improve them.
 */
export function parseReport(report: string | undefined, exec: ExecResult): SuiteRun {
  const reading = readLines(report ?? '');
  const timedOut = exec.outcome === 'timed-out';
  for (const id of reading.running) {
    keepWorst(reading.results, {
      id,
      file: id.split('::', 1)[0] ?? '',
      status: 'failed',
      kind: timedOut ? 'timeout' : 'crash',
      durationMs: 0,
      message: timedOut
        ? 'The run was cut by its time limit while this test ran.'
        : 'The run ended while this test ran.',
    });
  }
  return {
    outcome: outcomeOf(reading, exec),
    results: [...reading.results.values()],
    collectionErrors: [...reading.collectionErrors.values()],
    exitCode: exec.exitCode,
    wallMs: exec.wallMs,
    cpuMs: exec.cpuMs,
    outputTail: cleanText(`${exec.stdout}\n${exec.stderr}`.slice(-4 * TAIL_LIMIT), TAIL_LIMIT),
  };
}

function readLines(report: string): Reading {
  const reading: Reading = {
    results: new Map(),
    collectionErrors: new Map(),
    running: new Set(),
    emptyFiles: 0,
    ends: [],
  };
  for (const text of report.split('\n')) {
    const line = parseLine(text);
    if (line !== undefined) take(reading, line);
  }
  return reading;
}

/** A cut or foreign line is no line. */
function parseLine(text: string): ReportLine | undefined {
  if (text === '' || text.length > LINE_LIMIT) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return reportLine.safeParse(value).data;
}

function take(reading: Reading, line: ReportLine): void {
  switch (line.type) {
    case 'start':
      break;
    case 'test-start': {
      const id = cleanId(line.id);
      if (!reading.results.has(id)) reading.running.add(id);
      break;
    }
    case 'test': {
      const id = cleanId(line.id);
      reading.running.delete(id);
      keepWorst(reading.results, {
        id,
        file: cleanId(line.file),
        status: line.status,
        ...(line.status === 'failed' ? { kind: line.kind ?? 'error' } : {}),
        durationMs: line.ms,
        ...(line.cpuMs === undefined ? {} : { cpuMs: line.cpuMs }),
        ...(line.message ? { message: cleanText(line.message, MESSAGE_LIMIT) } : {}),
      });
      break;
    }
    case 'group':
      reading.running.delete(cleanId(line.id));
      break;
    case 'collection-error': {
      const file = cleanId(line.file);
      if (!reading.collectionErrors.has(file)) {
        const message = cleanText(line.message, MESSAGE_LIMIT);
        reading.collectionErrors.set(file, { file, message });
      }
      break;
    }
    case 'empty-file':
      reading.emptyFiles += 1;
      break;
    case 'end':
      reading.ends.push(line.exit);
  }
}

function keepWorst(results: Map<string, TestResult>, result: TestResult): void {
  const known = results.get(result.id);
  if (known === undefined || BADNESS[result.status] > BADNESS[known.status]) {
    results.set(result.id, result);
  }
}

function outcomeOf(reading: Reading, exec: ExecResult): RunOutcome {
  if (exec.outcome === 'timed-out') return 'timed-out';
  if (exec.outcome === 'out-of-memory') return 'out-of-memory';
  if (exec.outcome === 'output-limit') return 'output-limit';
  const seen = reading.results.size + reading.collectionErrors.size;
  if (seen === 0) return 'no-report';
  if (exec.outcome !== 'exited') return 'interrupted';
  if (reading.ends.length !== 1 || reading.running.size > 0) return 'interrupted';
  const bad =
    reading.collectionErrors.size + reading.emptyFiles > 0 ||
    [...reading.results.values()].some((result) => result.status === 'failed');
  // A process that ended badly although nothing failed did not run all that it should have.
  return exec.exitCode !== 0 && !bad ? 'interrupted' : 'completed';
}
