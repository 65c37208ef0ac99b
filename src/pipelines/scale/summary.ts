// Adds a run's ledger up into the report.
import type { Run } from '../../store/run-folder.ts';
import { createSummary } from '../../stats/summary.ts';
import type { Report } from '../../stats/report.ts';

/** Reads the whole ledger once; works on runs that are not finished. */
export async function summariseRun({ store }: Pick<Run, 'store'>): Promise<Report> {
  const summary = createSummary();
  for (const { repository } of await store.listSources()) {
    const environment = await store.readEnvironment(repository.id);
    if (!environment) continue;
    summary.addRepository(
      repository,
      environment,
      await store.readGeneration(repository.id),
      await store.readAudit(repository.id),
    );
    for await (const record of store.listCandidates(repository.id)) summary.add(record);
  }
  return summary.finish();
}
