// Keeps one record per source in `environments.jsonl`: whole lines, the newest of a source counts.
import { appendFile, readFile } from 'node:fs/promises';
import { contentHash } from '../../core/ids.ts';
import type { EnvironmentRecord, SourceSpec } from '../../core/schema/index.ts';
import { writeAtomic } from '../../lib/atomic-file.ts';
import { parseRecords } from '../environment/records.ts';

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
