// Audits a screened repository: a random sample judged the full way, and what follows from it.
import type { Audit, Disagreement } from '../../core/schema/index.ts';
import type { CandidateRecord, Store } from '../../core/store.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import type { Kit } from '../../kit.ts';
import { auditCandidate, auditRank } from '../../validation/audit.ts';
import type { Court } from './judge.ts';
import type { PreparedRepository } from './repository.ts';
import { judgeAll } from './validate.ts';
import { countWorkers } from './workers.ts';

/**
 * Judges a sample of all candidates, kept and rejected, again the full way. A disagreement sends
 * every candidate of the same function through the full way. Does nothing when it was done before.
 */
export async function auditStage(
  kit: Kit,
  config: ScaleConfig,
  { repository }: PreparedRepository,
  environment: { spec: Parameters<typeof auditCandidate>[0]['spec'] },
  court: Court,
): Promise<'finished' | 'stopped'> {
  let audit = await kit.store.readAudit(repository.id);
  if (audit === undefined) {
    audit = await sampleAndCompare(kit, config, repository.id, environment, court);
    if (audit === undefined) return 'stopped';
    await kit.store.writeAudit(repository.id, audit);
  }
  if (audit.rejudged === null) {
    const rejudged = await judgeAgain(kit, config, repository.id, audit, court);
    if (rejudged === undefined) return 'stopped';
    await kit.store.writeAudit(repository.id, { ...audit, rejudged });
    const found = audit.disagreements.length;
    kit.emit({
      type: 'stage-end',
      stage: 'audit',
      repository: repository.name,
      detail: `${audit.sampled - found} of ${audit.sampled} audited candidates agree with a full run${rejudged > 0 ? `; ${rejudged} judged again the full way` : ''}`,
    });
  }
  return 'finished';
}

/** Undefined when the user asked to stop. */
async function sampleAndCompare(
  kit: Kit,
  config: ScaleConfig,
  repositoryId: string,
  { spec }: { spec: Parameters<typeof auditCandidate>[0]['spec'] },
  court: Court,
): Promise<Audit | undefined> {
  const sample = await drawSample(kit.store, config, repositoryId);
  kit.emit({ type: 'stage-start', stage: 'audit', total: sample.length });
  const queue = [...sample];
  const disagreements: Disagreement[] = [];
  let cpuMs: number | null = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    await using sandbox = await court.openSandbox();
    const host = { sandbox, framework: court.framework, spec };
    for (let record = queue.shift(); record && !kit.stopping.aborted; record = queue.shift()) {
      if (!record.verdict) continue;
      const look = await auditCandidate(host, record.candidate, record.verdict, court.options);
      if (look.disagreement) disagreements.push(look.disagreement);
      cpuMs = cpuMs === null || look.cpuMs === null ? null : cpuMs + look.cpuMs;
      done += 1;
      kit.emit({ type: 'stage-progress', stage: 'audit', done, total: sample.length });
    }
  };
  const workers = Math.min(await countWorkers(kit, config), sample.length);
  await Promise.all(Array.from({ length: workers }, work));
  if (done < sample.length) return undefined;
  const order = new Map(sample.map(({ candidate }, index) => [candidate.id, index]));
  return {
    sampled: sample.length,
    sampledKept: sample.filter(({ verdict }) => verdict?.status === 'kept').length,
    disagreements: disagreements.toSorted(
      (a, b) => (order.get(a.candidateId) ?? 0) - (order.get(b.candidateId) ?? 0),
    ),
    rejudged: null,
    cpuMs,
  };
}

/** The candidates with the lowest ranks; only those are held in memory. */
async function drawSample(
  store: Store,
  { seed, audit }: ScaleConfig,
  repositoryId: string,
): Promise<CandidateRecord[]> {
  const { total } = await store.countCandidates(repositoryId);
  const size = Math.min(total, Math.max(audit.minimum, Math.ceil(audit.share * total)));
  const chosen: { rank: number; record: CandidateRecord }[] = [];
  for await (const record of store.listCandidates(repositoryId)) {
    chosen.push({ rank: auditRank(seed, record.candidate.id), record });
    if (chosen.length >= 2 * size + 64) keepLowest(chosen, size);
  }
  keepLowest(chosen, size);
  return chosen.map(({ record }) => record);
}

function keepLowest(chosen: { rank: number }[], size: number): void {
  chosen.sort((a, b) => a.rank - b.rank);
  chosen.length = Math.min(chosen.length, size);
}

/** How many candidates were judged again; undefined when the user asked to stop. */
async function judgeAgain(
  kit: Kit,
  config: ScaleConfig,
  repositoryId: string,
  audit: Audit,
  court: Court,
): Promise<number | undefined> {
  const entities = new Set(audit.disagreements.map(({ entityId }) => entityId));
  if (entities.size === 0) return 0;
  const affected: CandidateRecord[] = [];
  for await (const record of kit.store.listCandidates(repositoryId)) {
    if (entities.has(record.candidate.entity.id)) affected.push(record);
  }
  let judged = 0;
  const workers = Math.min(await countWorkers(kit, config), affected.length);
  await judgeAll(kit, { open: court.openFull }, inOrder(affected), workers, async (_, verdict) => {
    await kit.store.writeVerdict(repositoryId, verdict);
    judged += 1;
  });
  return judged === affected.length ? judged : undefined;
}

async function* inOrder(records: CandidateRecord[]): AsyncGenerator<CandidateRecord, undefined> {
  yield* records;
  return undefined;
}
