// Keeps one record per source in `environments.jsonl`: whole lines, the newest of a source counts.
import { appendFile, readFile } from 'node:fs/promises';
import { SwemintError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import { environmentRecord } from '../../core/schema/index.ts';
import type { EnvironmentRecord, SourceSpec } from '../../core/schema/index.ts';
import { writeAtomic } from '../../lib/atomic-file.ts';

/** Names a source by all that was said about it. */
export function sourceKey(source: SourceSpec): string {
  return contentHash(JSON.stringify(source, Object.keys(source).toSorted()));
}

export interface RecordFile {
  find(key: string): EnvironmentRecord | undefined;
  list(): EnvironmentRecord[];
  /** After it resolves, a killed process has not lost it. */
  write(record: EnvironmentRecord): Promise<void>;
}

/** Opens the records of a run, none at first. A line that a kill tore is removed. */
export async function openRecordFile(path: string): Promise<RecordFile> {
  const records = new Map<string, EnvironmentRecord>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const record of parseRecords(whole, path)) records.set(sourceKey(record.source), record);
  const render = (): string =>
    [...records.values()].map((record) => `${JSON.stringify(record)}\n`).join('');
  if (whole !== text) await writeAtomic(path, render());
  let last: Promise<void> = Promise.resolve();
  const write = async (record: EnvironmentRecord): Promise<void> => {
    const key = sourceKey(record.source);
    const replaces = records.has(key);
    records.set(key, record);
    if (replaces) await writeAtomic(path, render());
    else await appendFile(path, `${JSON.stringify(record)}\n`);
  };
  return {
    find: (key) => records.get(key),
    list: () => [...records.values()],
    write: (record) => {
      const written = last.then(() => write(record));
      last = written.catch(() => undefined);
      return written;
    },
  };
}

/** Reads finished records, e.g. for `--environment`. Throws `SwemintError('bad-environments')`. */
export async function readRecords(path: string): Promise<EnvironmentRecord[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SwemintError('bad-environments', `The environments file ${path} cannot be read.`, {
      hint: 'Give the environments.jsonl that `swemint env` wrote.',
      cause: error,
    });
  }
  const records = parseRecords(text.endsWith('\n') ? text : `${text}\n`, path);
  if (records.length > 0) return records;
  throw new SwemintError('bad-environments', `${path} holds no environment.`, {
    hint: 'Give the environments.jsonl that `swemint env` wrote.',
  });
}

function parseRecords(text: string, path: string): EnvironmentRecord[] {
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseRecord(line, path, index + 1)]));
}

function parseRecord(line: string, path: string, number: number): EnvironmentRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw badLine(path, number, 'it is not JSON', error);
  }
  const parsed = environmentRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badLine(path, number, `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'wrong'}`);
}

function badLine(path: string, line: number, why: string, cause?: unknown): SwemintError {
  return new SwemintError('bad-environments', `${path}, line ${line} is no environment: ${why}.`, {
    hint: 'Give the environments.jsonl that `swemint env` wrote.',
    cause,
  });
}
