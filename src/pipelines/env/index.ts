// `env`: repositories in, proved environments out; one record per source, resumable after every step.
import type { ScaleConfig } from '../../config/schema.ts';
import type { EnvironmentRecord, SourceSpec } from '../../core/schema/index.ts';
import type { Kit } from '../../kit.ts';
import { renderSource } from '../../repo/parse-source.ts';
import type { RunPaths } from '../../store/run-folder.ts';
import { renderMaker } from '../environment/maker.ts';
import { noMemory, openMemory } from './memory.ts';
import { openRecordFile, sourceKey } from './record-file.ts';
import { solve } from './solve.ts';
import type { SolveScene } from './solve.ts';

export interface EnvOptions {
  /** Goes to the agent at once, past the static recipes. */
  agentOnly: boolean;
  /** Sources whose record is no success are done again; otherwise every record stays. */
  retryFailed: boolean;
  /** File of the environment memory; null for none. */
  memory: string | null;
}

export interface EnvResult {
  /** `stopped`: some sources have no record yet; the same command goes on. */
  state: 'finished' | 'stopped';
  /** In the order of the sources. */
  records: EnvironmentRecord[];
  /** Sources without a record, and why. */
  unfinished: { repo: string; reason: string }[];
}

/**
 * Sets up every source, several at once when `workers` says so. What fails is a record, never an
 * end to the others. Throws `SwemintError` for what makes all work pointless: no model for
 * `agentOnly`, a wrong key, no room on the disk.
 */
export async function env(
  kit: Kit,
  paths: RunPaths,
  config: ScaleConfig,
  sources: readonly SourceSpec[],
  options: EnvOptions,
): Promise<EnvResult> {
  const records = await openRecordFile(paths.environmentRecords);
  const wanted = new Map(sources.map((source) => [sourceKey(source), source]));
  const queue = [...wanted].filter(([key]) => {
    const known = records.find(key);
    return !known || (options.retryFailed && known.status !== 'success');
  });
  const unfinished = new Map<string, string>();
  if (queue.length > 0) {
    const scene: SolveScene = {
      kit,
      paths,
      config,
      memory: options.memory === null ? noMemory : await openMemory(options.memory),
      // A wrong key must not come out after hours of installing.
      model: config.model.name === null ? undefined : await kit.model(),
      agentOnly: options.agentOnly,
    };
    if (options.agentOnly && !scene.model) await kit.model();
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [key, source] = next;
        if (kit.stopping.aborted) {
          unfinished.set(key, 'It was not begun.');
          continue;
        }
        const solved = await solve(source, key, records.find(key) !== undefined, scene);
        if ('unfinished' in solved) unfinished.set(key, solved.unfinished);
        else {
          await records.write(solved.record);
          announce(kit, solved.record);
        }
      }
    };
    await Promise.all(Array.from({ length: config.workers ?? 1 }, work));
  }
  return {
    state: unfinished.size > 0 ? 'stopped' : 'finished',
    records: [...wanted.keys()].flatMap((key) => records.find(key) ?? []),
    unfinished: [...wanted].flatMap(([key, source]) => {
      const reason = unfinished.get(key);
      return reason === undefined ? [] : [{ repo: renderSource(source), reason }];
    }),
  };
}

function announce(
  kit: Kit,
  { repository, repo, status, reason, certificate }: EnvironmentRecord,
): void {
  const name = repository?.name ?? repo;
  if (status === 'success' && certificate) {
    const detail = `${name}: ${reason} (${renderMaker(certificate.maker)})`;
    kit.emit({ type: 'stage-end', stage: 'environment', repository: name, detail });
    return;
  }
  kit.emit({ type: 'warning', code: 'no-environment', message: `${name}, ${status}: ${reason}` });
}
