// Makes one run out of several.
import type { SuiteRun } from '../../core/schema/index.ts';

/** After the first file with a failure, others may fail because of what it left behind. */
export function findDoubtful(run: SuiteRun, files: readonly string[]): string[] {
  const failing = new Set([
    ...run.results.filter(({ status }) => status === 'failed').map(({ file }) => file),
    ...run.collectionErrors.map(({ file }) => file),
  ]);
  return files.filter((file) => failing.has(file)).slice(1);
}

/** Both runs together; what the first says of files that run `again` does not count. */
export function joinRuns(
  first: SuiteRun | undefined,
  second: SuiteRun | undefined,
  again: ReadonlySet<string>,
): SuiteRun {
  const last = second ?? first;
  if (last === undefined) throw new TypeError('There is no run to join.');
  const kept = <T extends { file: string }>(list: readonly T[] = []): T[] =>
    list.filter(({ file }) => !again.has(file));
  const sum = (pick: (run: SuiteRun) => number | null): number | null => {
    const parts = [first, second].map((run) => (run === undefined ? 0 : pick(run)));
    return parts.includes(null)
      ? null
      : parts.reduce<number>((total, part) => total + (part ?? 0), 0);
  };
  return {
    ...last,
    results: [...kept(first?.results), ...(second?.results ?? [])],
    collectionErrors: [...kept(first?.collectionErrors), ...(second?.collectionErrors ?? [])],
    wallMs: sum(({ wallMs }) => wallMs) ?? 0,
    cpuMs: sum(({ cpuMs }) => cpuMs),
  };
}
