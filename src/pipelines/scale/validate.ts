// Judges every candidate of a repository, several at once, each verdict stored as it falls.
import { SwemintError } from '../../core/errors.ts';
import type { CandidateRecord, Store } from '../../core/store.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import type { Kit } from '../../kit.ts';
import type { Court } from './judge.ts';
import type { PreparedRepository } from './repository.ts';
import { countWorkers } from './workers.ts';

const pageSize = 64;

/** Works through the queue until it is empty (`finished`) or the user asked to stop (`stopped`). */
export async function validateStage(
  kit: Kit,
  config: ScaleConfig,
  { repository }: PreparedRepository,
  court: Court,
): Promise<'finished' | 'stopped'> {
  const { store, emit } = kit;
  const before = await store.countCandidates(repository.id);
  const { total } = before;
  let { judged, kept } = before;
  emit({
    type: 'stage-start',
    stage: 'validation',
    repository: repository.name,
    total,
    ...(judged > 0 ? { detail: `${judged} already judged` } : {}),
  });
  emit({ type: 'stage-progress', stage: 'validation', done: judged, total, kept });

  const workers = Math.min(await countWorkers(kit, config), total - judged);
  await judgeAll(
    kit,
    court,
    unjudged(store, repository.id),
    workers,
    async ({ candidate }, verdict) => {
      await store.writeVerdict(repository.id, verdict);
      judged += 1;
      if (verdict.status === 'kept') kept += 1;
      emit({
        type: 'candidate-judged',
        candidateId: candidate.id,
        mutator: candidate.mutator,
        status: verdict.status,
        ...(verdict.status === 'rejected' ? { reason: verdict.reason } : {}),
      });
      emit({ type: 'stage-progress', stage: 'validation', done: judged, total, kept });
    },
  );
  emit({
    type: 'stage-end',
    stage: 'validation',
    repository: repository.name,
    detail: `${kept} of ${judged} candidates kept`,
  });
  return judged === total ? 'finished' : 'stopped';
}

/** Hands records to `workers` judges until there are none or the user asked to stop. */
export async function judgeAll(
  kit: Pick<Kit, 'emit' | 'signal' | 'stopping'>,
  court: Pick<Court, 'open'>,
  records: AsyncGenerator<CandidateRecord, undefined>,
  workers: number,
  onVerdict: (record: CandidateRecord, verdict: Awaited<ReturnType<Judging>>) => Promise<void>,
): Promise<void> {
  const work = async (): Promise<void> => {
    let judge = await court.open();
    try {
      for (;;) {
        if (kit.stopping.aborted) return;
        const { value: record, done } = await records.next();
        if (done === true) return;
        try {
          await onVerdict(record, await judge.judge(record.candidate));
        } catch (error) {
          // A sandbox that broke costs its candidate one retry in a new one, never a label.
          if (!(error instanceof SwemintError) || kit.signal.aborted) throw error;
          kit.emit({
            type: 'warning',
            code: error.code,
            message: `A sandbox was replaced: ${error.message}`,
          });
          await judge[Symbol.asyncDispose]();
          judge = await court.open();
          await onVerdict(record, await judge.judge(record.candidate));
        }
      }
    } finally {
      await judge[Symbol.asyncDispose]();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

type Judging = Awaited<ReturnType<Court['open']>>['judge'];

async function* unjudged(
  store: Store,
  repositoryId: string,
): AsyncGenerator<CandidateRecord, undefined> {
  let after = -1;
  for (;;) {
    const page = await store.listUnjudged(repositoryId, after, pageSize);
    if (page.length === 0) return undefined;
    yield* page;
    after = page.at(-1)?.sequence ?? after;
  }
}
