// Adds a run up, one candidate at a time, so that a hundred thousand of them stay small in memory.
import type {
  Audit,
  Candidate,
  FailureKind,
  RejectionReason,
  Repository,
  Environment,
  Verdict,
} from '../core/schema/index.ts';
import type { GenerationSummary } from '../core/store.ts';
import type { Histogram } from './histogram.ts';
import { createHistogram } from './histogram.ts';
import type { Report, RepositoryFigures, YieldFigures } from './report.ts';

export interface Summary {
  /** What is known of a repository apart from its candidates; call it before adding those. */
  addRepository(
    repository: Pick<Repository, 'id' | 'name'>,
    environment: Pick<Environment, 'spec' | 'baseline'>,
    generation: GenerationSummary | undefined,
    audit?: Audit,
  ): void;
  /** A candidate of the repository that was added last, or none. */
  add(record: { candidate: Candidate; verdict: Verdict | undefined }): void;
  finish(): Report;
}

interface Tally {
  candidates: number;
  judged: number;
  kept: number;
  failToPass: Histogram;
  changedLines: Histogram;
}

const newTally = (): Tally => ({
  candidates: 0,
  judged: 0,
  kept: 0,
  failToPass: createHistogram(),
  changedLines: createHistogram(),
});

/** Starts an empty summary. */
export function createSummary(): Summary {
  const total = newTally();
  const mutators = new Map<string, Tally>();
  const repositories: RepositoryFigures[] = [];
  const generationMs: number[] = [];
  const rejections = new Map<RejectionReason, number>();
  const kinds = new Map<FailureKind, number>();
  const levels = new Map<string, number>();
  const cpu = createHistogram();
  let wallMs = 0;
  let hung = 0;

  const count = (tally: Tally, candidate: Candidate, verdict: Verdict | undefined): void => {
    tally.candidates += 1;
    if (!verdict) return;
    tally.judged += 1;
    if (verdict.status !== 'kept') return;
    tally.kept += 1;
    tally.failToPass.add(verdict.failToPass.length);
    tally.changedLines.add(candidate.added + candidate.removed);
  };

  return {
    addRepository({ id, name }, { spec, baseline }, generation, audit) {
      repositories.push({
        id,
        name,
        language: spec.language,
        framework: spec.test.framework,
        tests: baseline.tests.length,
        flakyTests: baseline.tests.filter(({ status }) => status === 'flaky').length,
        suiteSeconds: baseline.wallMs / 1000,
        entities: generation?.entities ?? 0,
        duplicates: generation?.duplicates ?? 0,
        candidatesPerCpuSecond: null,
        candidates: 0,
        kept: 0,
        audit: audit ?? null,
      });
      generationMs.push(generation?.cpuMs ?? 0);
    },
    add({ candidate, verdict }) {
      const tally = mutators.get(candidate.mutator) ?? newTally();
      mutators.set(candidate.mutator, tally);
      count(tally, candidate, verdict);
      count(total, candidate, verdict);
      const repository = repositories.at(-1);
      if (repository) {
        repository.candidates += 1;
        if (verdict?.status === 'kept') repository.kept += 1;
      }
      if (!verdict) return;
      increase(levels, levelOf(verdict));
      const known = verdict.runs.flatMap(({ cpuMs }) => (cpuMs === null ? [] : [cpuMs]));
      if (known.length === verdict.runs.length) cpu.add(sum(known));
      wallMs += sum(verdict.runs.map((run) => run.wallMs));
      if (verdict.runs.some(({ outcome }) => outcome === 'timed-out')) hung += 1;
      if (verdict.status === 'rejected') increase(rejections, verdict.reason);
      else for (const { kind } of verdict.failToPass) increase(kinds, kind);
    },
    finish() {
      const tests = sum(repositories.map((repository) => repository.tests));
      const flaky = sum(repositories.map((repository) => repository.flakyTests));
      const duplicates = sum(repositories.map((repository) => repository.duplicates));
      const rejected = total.judged - total.kept;
      const measured = cpu.count > 0;
      return {
        schemaVersion: 1,
        total: figuresOf(total),
        mutators: [...mutators]
          .map(([mutator, tally]) => ({ mutator, ...figuresOf(tally) }))
          .toSorted((a, b) => b.candidates - a.candidates || compare(a.mutator, b.mutator)),
        repositories: repositories.map((repository, index) => ({
          ...repository,
          candidatesPerCpuSecond: rate(repository.candidates, generationMs[index] ?? 0),
        })),
        rejections: mostFirst(rejections).map(([reason, times]) => ({
          reason,
          count: times,
          share: shareOf(times, rejected),
        })),
        failureKinds: mostFirst(kinds).map(([kind, times]) => ({ kind, count: times })),
        levels: mostFirst(levels).map(([level, times]) => ({ level, count: times })),
        audit: addAudits(repositories),
        cost: {
          cpuSeconds: measured ? cpu.sum / 1000 : null,
          wallSeconds: wallMs / 1000,
          cpuSecondsPerCandidate: measured ? cpu.sum / cpu.count / 1000 : null,
          medianCpuSecondsPerCandidate: measured ? (cpu.median() ?? 0) / 1000 : null,
          cpuSecondsPerTask: measured && total.kept > 0 ? cpu.sum / total.kept / 1000 : null,
        },
        shares: {
          flakyTests: shareOf(flaky, tests),
          flakyCandidates: shareOf(rejections.get('unstable-labels') ?? 0, total.judged),
          hung: shareOf(hung, total.judged),
          duplicates: shareOf(duplicates, total.candidates + duplicates),
        },
      };
    },
  };
}

/** How a candidate was first looked at: `free` when nothing had to run. */
function levelOf({ runs }: Verdict): string {
  return runs[0]?.level ?? 'free';
}

function addAudits(repositories: readonly RepositoryFigures[]): Report['audit'] {
  const audits = repositories.flatMap(({ audit }) => (audit ? [audit] : []));
  if (audits.length === 0) return null;
  const sampled = sum(audits.map((audit) => audit.sampled));
  const disagreements = sum(audits.map((audit) => audit.disagreements.length));
  return {
    sampled,
    disagreements,
    rate: shareOf(disagreements, sampled),
    rejudged: sum(audits.map((audit) => audit.rejudged ?? 0)),
  };
}

function figuresOf({ candidates, judged, kept, failToPass, changedLines }: Tally): YieldFigures {
  return {
    candidates,
    judged,
    kept,
    yield: shareOf(kept, judged),
    medianFailToPass: failToPass.median(),
    medianChangedLines: changedLines.median(),
  };
}

/** Too short a time says nothing. */
function rate(candidates: number, cpuMs: number): number | null {
  return cpuMs < 100 ? null : Math.round((candidates * 1000) / cpuMs);
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((left, right) => left + right, 0);
const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostFirst<Key extends string>(counts: ReadonlyMap<Key, number>): [Key, number][] {
  return [...counts].toSorted(([a, left], [b, right]) => right - left || compare(a, b));
}
