// The embedded ledger: one SQLite file per run, through Node's own driver.
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { SwemintError, errorMessage } from '../core/errors.ts';
import { contentHash } from '../core/ids.ts';
import { audit, candidate, environment, repository, verdict } from '../core/schema/index.ts';
import type { CandidateRecord, GenerationSummary, Store } from '../core/store.ts';
import { storeVersion, tables } from './schema.ts';

export interface OpenStoreOptions {
  /** Path of the ledger's file; created when absent unless `readOnly`. */
  file: string;
  readOnly?: boolean;
  /**
   * Settings that decide what the run produces, as one canonical text. A ledger made with others is
   * refused with `run-differs`, since continuing it would mix two data sets.
   */
  settings?: string;
}

const batchSize = 500;
const pageSize = 200;

type Row = Record<string, SQLOutputValue>;

/**
 * Opens or creates a ledger.
 * Throws `SwemintError`: `not-a-run`, `run-version`, `run-differs`, `disk-full`, `no-write-permission`.
 */
export function openSqliteStore(options: OpenStoreOptions): Store {
  const database = openDatabase(options);
  try {
    prepare(database, options);
  } catch (error) {
    database.close();
    throw error;
  }
  return createStore(database);
}

/** What a ledger says of itself: the settings it was made with, and when (ISO 8601). */
export function readStoreMeta(file: string): { settings: string; createdAt: string } {
  const database = openDatabase({ file, readOnly: true });
  try {
    checkVersion(database, file);
    return {
      settings: readMeta(database, 'settings') ?? '',
      createdAt: readMeta(database, 'created') ?? '',
    };
  } finally {
    database.close();
  }
}

function openDatabase({ file, readOnly = false }: OpenStoreOptions): DatabaseSync {
  try {
    return new DatabaseSync(file, { readOnly, timeout: 10_000 });
  } catch (error) {
    throw new SwemintError(
      'not-a-run',
      `The run's ledger ${file} cannot be opened: ${errorMessage(error)}.`,
      {
        hint: readOnly
          ? 'Give the folder that `swemint scale --out` made.'
          : 'Check that the folder exists and that you may write to it.',
        cause: error,
      },
    );
  }
}

function prepare(database: DatabaseSync, { file, readOnly, settings }: OpenStoreOptions): void {
  if (readOnly !== true) {
    guard(() => {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      const empty = database.prepare('SELECT count(*) AS n FROM sqlite_master').get();
      if (empty?.['n'] === 0) create(database, settings ?? '');
    });
  }
  checkVersion(database, file);
  const stored = readMeta(database, 'settings') ?? '';
  if (settings !== undefined && stored !== settings) {
    throw new SwemintError(
      'run-differs',
      `${file} belongs to a run with other settings: ${describeDifference(stored, settings)}.`,
      {
        hint: 'Use the same flags to continue it, or another --out for a new run.',
      },
    );
  }
}

function create(database: DatabaseSync, settings: string): void {
  database.exec('BEGIN IMMEDIATE');
  database.exec(tables);
  const insert = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  insert.run('version', String(storeVersion));
  insert.run('settings', settings);
  insert.run('created', new Date().toISOString());
  database.exec('COMMIT');
}

function checkVersion(database: DatabaseSync, file: string): void {
  let version: string | undefined;
  try {
    version = readMeta(database, 'version');
  } catch (error) {
    throw new SwemintError(
      'not-a-run',
      `${file} is not a ledger of swemint: ${errorMessage(error)}.`,
      {
        hint: 'Give the folder that `swemint scale --out` made.',
        cause: error,
      },
    );
  }
  if (version !== String(storeVersion)) {
    throw new SwemintError(
      'run-version',
      `${file} was made by another version of swemint (ledger version ${version ?? 'unknown'}, this one reads ${storeVersion}).`,
      {
        hint: 'Start a new run with another --out, or use the version that made it.',
      },
    );
  }
}

function readMeta(database: DatabaseSync, key: string): string | undefined {
  const row = database.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  return row === undefined ? undefined : String(row['value']);
}

function describeDifference(stored: string, wanted: string): string {
  const [before, after] = [JSON.parse(stored || '{}'), JSON.parse(wanted || '{}')] as Record<
    string,
    unknown
  >[];
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
  return changed
    .map(
      (name) =>
        `${name} was ${JSON.stringify(before?.[name])}, now ${JSON.stringify(after?.[name])}`,
    )
    .join('; ');
}

/** Turns the few failures of a disk that a user can mend into known errors. */
function guard<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const text = errorMessage(error);
    if (/database or disk is full/i.test(text)) {
      throw new SwemintError('disk-full', 'The disk that holds the run is full.', {
        hint: 'Free some space and start the same command again; it continues where it stopped.',
        cause: error,
      });
    }
    if (/readonly database|unable to open/i.test(text)) {
      throw new SwemintError('no-write-permission', 'The run folder cannot be written.', {
        hint: 'Choose a folder you may write to with --out.',
        cause: error,
      });
    }
    if (/not a database|malformed/i.test(text)) {
      throw new SwemintError('not-a-run', `The run's ledger cannot be read: ${text}.`, {
        hint: 'Give the folder that `swemint scale --out` made.',
        cause: error,
      });
    }
    throw error;
  }
}

function createStore(database: DatabaseSync): Store {
  const get = (sql: string, ...values: SQLInputValue[]): Row | undefined =>
    database.prepare(sql).get(...values);
  const all = (sql: string, ...values: SQLInputValue[]): Row[] =>
    database.prepare(sql).all(...values);
  const run = (sql: string, ...values: SQLInputValue[]): void => {
    guard(() => database.prepare(sql).run(...values));
  };
  const insertVerdict = database.prepare(
    'INSERT OR REPLACE INTO verdicts (repository, candidate, status, data) VALUES (?, ?, ?, ?)',
  );

  const writeBlob = (text: string): string => {
    const hash = contentHash(text);
    run('INSERT OR IGNORE INTO blobs (hash, data) VALUES (?, ?)', hash, zstdCompressSync(text));
    return hash;
  };
  const readBlob = (hash: string): string | undefined => {
    const row = get('SELECT data FROM blobs WHERE hash = ?', hash);
    return row && zstdDecompressSync(row['data'] as Uint8Array).toString('utf8');
  };

  const toSource = (row: Row) => ({
    index: Number(row['position']),
    repository: repository.parse(JSON.parse(String(row['data']))),
  });
  const toRecord = (row: Row): CandidateRecord => ({
    sequence: Number(row['sequence']),
    candidate: candidate.parse(JSON.parse(String(row['data']))),
    verdict:
      typeof row['verdict'] === 'string' ? verdict.parse(JSON.parse(row['verdict'])) : undefined,
  });

  return {
    async readSource(index) {
      const row = get('SELECT position, data FROM sources WHERE position = ?', index);
      return row && toSource(row);
    },
    async writeSource({ index, repository }) {
      run(
        'INSERT OR REPLACE INTO sources (position, repository, data) VALUES (?, ?, ?)',
        index,
        repository.id,
        JSON.stringify(repository),
      );
    },
    async listSources() {
      return all('SELECT position, data FROM sources ORDER BY position').map(toSource);
    },

    async readEnvironment(repositoryId) {
      const row = get('SELECT data FROM environments WHERE repository = ?', repositoryId);
      return row && environment.parse(JSON.parse(String(row['data'])));
    },
    async writeEnvironment(value) {
      run(
        'INSERT OR REPLACE INTO environments (repository, data) VALUES (?, ?)',
        value.repositoryId,
        JSON.stringify(value),
      );
    },

    async readGeneration(repositoryId) {
      const row = get('SELECT data FROM generations WHERE repository = ?', repositoryId);
      return row && (JSON.parse(String(row['data'])) as GenerationSummary);
    },
    async writeCandidates(repositoryId, candidates, finish) {
      run('DELETE FROM candidates WHERE repository = ?', repositoryId);
      const insert = database.prepare(
        'INSERT INTO candidates (repository, sequence, id, data) VALUES (?, ?, ?, ?)',
      );
      let sequence = 0;
      let batch: { id: string; data: string }[] = [];
      const flush = (): void => {
        guard(() => {
          database.exec('BEGIN IMMEDIATE');
          for (const { id, data } of batch) insert.run(repositoryId, sequence++, id, data);
          database.exec('COMMIT');
        });
        batch = [];
      };
      for await (const item of candidates) {
        batch.push({ id: item.id, data: JSON.stringify(item) });
        if (batch.length >= batchSize) flush();
      }
      flush();
      run(
        'INSERT OR REPLACE INTO generations (repository, data) VALUES (?, ?)',
        repositoryId,
        JSON.stringify(finish()),
      );
    },
    async countCandidates(repositoryId) {
      const total = get('SELECT count(*) AS n FROM candidates WHERE repository = ?', repositoryId);
      const judged = get(
        "SELECT count(*) AS n, coalesce(sum(status = 'kept'), 0) AS kept FROM verdicts WHERE repository = ?",
        repositoryId,
      );
      return {
        total: Number(total?.['n']),
        judged: Number(judged?.['n']),
        kept: Number(judged?.['kept']),
      };
    },
    async listUnjudged(repositoryId, after, limit) {
      return all(
        `SELECT c.sequence, c.data FROM candidates c
         LEFT JOIN verdicts v ON v.repository = c.repository AND v.candidate = c.id
         WHERE c.repository = ? AND c.sequence > ? AND v.candidate IS NULL
         ORDER BY c.sequence LIMIT ?`,
        repositoryId,
        after,
        limit,
      ).map(toRecord);
    },
    async *listCandidates(repositoryId) {
      let after = -1;
      for (;;) {
        const page = all(
          `SELECT c.sequence, c.data, v.data AS verdict FROM candidates c
           LEFT JOIN verdicts v ON v.repository = c.repository AND v.candidate = c.id
           WHERE c.repository = ? AND c.sequence > ? ORDER BY c.sequence LIMIT ?`,
          repositoryId,
          after,
          pageSize,
        ).map(toRecord);
        if (page.length === 0) return;
        yield* page;
        after = page.at(-1)?.sequence ?? after;
      }
    },

    async writeVerdict(repositoryId, value) {
      guard(() =>
        insertVerdict.run(repositoryId, value.candidateId, value.status, JSON.stringify(value)),
      );
    },

    async readAudit(repositoryId) {
      const row = get('SELECT data FROM audits WHERE repository = ?', repositoryId);
      return row && audit.parse(JSON.parse(String(row['data'])));
    },
    async writeAudit(repositoryId, value) {
      run(
        'INSERT OR REPLACE INTO audits (repository, data) VALUES (?, ?)',
        repositoryId,
        JSON.stringify(value),
      );
    },

    async readNote(digest, name) {
      const row = get('SELECT blob FROM notes WHERE digest = ? AND name = ?', digest, name);
      return row && readBlob(String(row['blob']));
    },
    async writeNote(digest, name, text) {
      const hash = writeBlob(text);
      run('INSERT OR REPLACE INTO notes (digest, name, blob) VALUES (?, ?, ?)', digest, name, hash);
    },
    writeBlob: async (text) => writeBlob(text),
    readBlob: async (hash) => readBlob(hash),

    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}
