// The tables of a run's ledger. Nobody reads them from outside: exports are made from the store.

/** Raised whenever a stored shape changes; a run of another version is refused, not migrated. */
export const storeVersion = 1;

export const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE sources (position INTEGER PRIMARY KEY, repository TEXT NOT NULL UNIQUE, data TEXT NOT NULL) STRICT;
CREATE TABLE environments (repository TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE generations (repository TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE candidates (
  repository TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  id TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (repository, sequence),
  UNIQUE (repository, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE verdicts (
  repository TEXT NOT NULL,
  candidate TEXT NOT NULL,
  status TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (repository, candidate)
) STRICT, WITHOUT ROWID;
CREATE TABLE audits (repository TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE notes (
  digest TEXT NOT NULL,
  name TEXT NOT NULL,
  blob TEXT NOT NULL,
  PRIMARY KEY (digest, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE blobs (hash TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;
