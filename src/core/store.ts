// The contract of the store: what a run remembers, so that it can be stopped at any moment.
import type { Audit, Candidate, Environment, Repository, Verdict } from './schema/index.ts';

/** One source of a run, in the order the user gave them, and how far it came. */
export interface SourceRecord {
  /** Position on the command line, from 0. */
  index: number;
  repository: Repository;
}

/** A candidate with everything known about it. */
export interface CandidateRecord {
  /** Order of generation inside its repository, from 0. */
  sequence: number;
  candidate: Candidate;
  verdict: Verdict | undefined;
}

/** Generation figures of one repository that the candidates themselves do not tell. */
export interface GenerationSummary {
  entities: number;
  /** Mutants dropped because an equal post-image came first. */
  duplicates: number;
  /** Files left out, by reason. */
  skippedFiles: Record<string, number>;
  cpuMs: number;
}

/**
 * What a run remembers. Every method is one transaction: after it resolves, a killed process has
 * lost nothing. Lists come in order of `index` and `sequence`, so exports are the same every time.
 */
export interface Store extends AsyncDisposable {
  readSource(index: number): Promise<SourceRecord | undefined>;
  writeSource(record: SourceRecord): Promise<void>;
  listSources(): Promise<SourceRecord[]>;

  readEnvironment(repositoryId: string): Promise<Environment | undefined>;
  writeEnvironment(environment: Environment): Promise<void>;

  /** Undefined until all candidates of the repository have been written. */
  readGeneration(repositoryId: string): Promise<GenerationSummary | undefined>;
  /**
   * Replaces the repository's candidates by those given and marks generation as finished.
   * Consumes the iterable in batches; nothing is kept when it throws.
   */
  writeCandidates(
    repositoryId: string,
    candidates: AsyncIterable<Candidate> | Iterable<Candidate>,
    finish: () => GenerationSummary,
  ): Promise<void>;
  countCandidates(repositoryId: string): Promise<{ total: number; judged: number; kept: number }>;
  /** Candidates without a verdict, oldest first, at most `limit`, after the given sequence. */
  listUnjudged(repositoryId: string, after: number, limit: number): Promise<CandidateRecord[]>;
  /** Every candidate in order; pages through the store, so memory stays small. */
  listCandidates(repositoryId: string): AsyncIterable<CandidateRecord>;

  /** Replaces an earlier verdict of the same candidate. */
  writeVerdict(repositoryId: string, verdict: Verdict): Promise<void>;

  readAudit(repositoryId: string): Promise<Audit | undefined>;
  writeAudit(repositoryId: string, audit: Audit): Promise<void>;

  /** Kept text of an environment by name, e.g. a recording; bound to the environment's digest. */
  readNote(digest: string, name: string): Promise<string | undefined>;
  writeNote(digest: string, name: string, text: string): Promise<void>;

  /** Keeps a text (a log, a report) under its content hash; returns the hash. */
  writeBlob(text: string): Promise<string>;
  readBlob(hash: string): Promise<string | undefined>;
}
