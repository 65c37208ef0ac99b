// Writes down what became of one source.
import { relative } from 'node:path';
import { errorMessage, SwemintError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import type {
  EnvironmentRecord,
  EnvironmentStatus,
  Repository,
  SourceSpec,
} from '../../core/schema/index.ts';
import type { OpenModel } from '../../llm/open-model.ts';
import { renderSource } from '../../repo/parse-source.ts';
import { renderMaker } from '../environment/maker.ts';
import type { Proven } from './prove.ts';
import type { Search } from './search.ts';
import { payerOf } from './workplace.ts';

/** What the search came to. */
export interface Found {
  status: EnvironmentStatus;
  reason: string;
  proven?: Proven | undefined;
  summary?: string;
  files?: readonly string[];
}

/** The record of a search that came to its end. `folder`: the run's, which files are told from. */
export function recordOf(
  search: Search,
  found: Found,
  model: OpenModel | undefined,
  folder: string,
): EnvironmentRecord {
  const { workplace, log } = search;
  const { repository, source } = workplace;
  const { proven, files = [] } = found;
  const paid = model?.ledger.ofTask(payerOf(workplace));
  return {
    ...emptyRecord(source, repository),
    status: found.status,
    reason: found.reason,
    summary: found.summary ?? summaryOf(found),
    install_script: proven?.scripts.installScript ?? null,
    test_script: proven?.scripts.testScript ?? null,
    environment: proven
      ? {
          digest: contentHash(repository.commit, JSON.stringify(proven.spec)),
          spec: proven.spec,
        }
      : null,
    certificate: proven?.certificate ?? null,
    attempts: [...log.attempts],
    trajectories: files.map((file) => relative(folder, file)),
    model: {
      calls: paid?.calls ?? 0,
      costUsd: paid && paid.unpriced > 0 ? null : (paid?.costUsd ?? 0),
    },
  };
}

function summaryOf({ proven, reason }: Found): string {
  if (!proven) return reason;
  const { certificate, spec } = proven;
  return `${spec.test.framework} in ${spec.test.cwd === '.' ? 'the root' : spec.test.cwd}, set up by ${renderMaker(certificate.maker)}. ${reason}`;
}

function emptyRecord(source: SourceSpec, repository: Repository | null): EnvironmentRecord {
  return {
    schemaVersion: 1,
    repo: renderSource(source),
    source,
    repository,
    status: 'error',
    reason: '',
    install_script: null,
    test_script: null,
    summary: '',
    environment: null,
    certificate: null,
    attempts: [],
    trajectories: [],
    model: { calls: 0, costUsd: 0 },
    finishedAt: new Date().toISOString(),
  };
}

/** The record of a source that something thrown has ended. */
export function failedRecord(
  source: SourceSpec,
  repository: Repository | null,
  error: unknown,
): EnvironmentRecord {
  const reason =
    error instanceof SwemintError
      ? withHint(error)
      : `This is a bug in swemint: ${errorMessage(error)}`;
  return { ...emptyRecord(source, repository), reason, summary: reason };
}

/** A known failure in one line, with what to do. */
export function withHint(error: SwemintError): string {
  const [first = ''] = error.message.split('\n');
  return error.hint === undefined ? first : `${first} ${error.hint}`;
}
