// Reads the environments that `env` has proved, and finds the one that belongs to a repository.
import { readFile } from 'node:fs/promises';
import { SwemintError } from '../../core/errors.ts';
import { environmentRecord } from '../../core/schema/index.ts';
import type { EnvironmentRecord, Repository } from '../../core/schema/index.ts';

const hint = 'Give the environments.jsonl that `swemint env` wrote.';

/** Reads every record of a file. Throws `SwemintError('bad-environments')`. */
export async function readRecords(path: string): Promise<EnvironmentRecord[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SwemintError('bad-environments', `The environments file ${path} cannot be read.`, {
      hint,
      cause: error,
    });
  }
  const records = parseRecords(text, path);
  if (records.length > 0) return records;
  throw new SwemintError('bad-environments', `${path} holds no environment.`, { hint });
}

/** Parses the text of such a file, one record a line. Throws `SwemintError('bad-environments')`. */
export function parseRecords(text: string, path: string): EnvironmentRecord[] {
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseRecord(line, path, index + 1)]));
}

/**
 * The record of exactly this code. Throws `SwemintError`: `environment-not-solved`,
 * `environment-other-commit` or `no-such-environment`.
 */
export function recordFor(
  { name, commit, revision }: Repository,
  records: readonly EnvironmentRecord[],
): EnvironmentRecord & { environment: NonNullable<EnvironmentRecord['environment']> } {
  const same = records.filter(({ repository }) => repository?.commit === commit);
  for (const record of same) {
    const { environment } = record;
    if (record.status === 'success' && environment) return { ...record, environment };
  }
  const [unsolved] = same;
  if (unsolved) {
    throw new SwemintError(
      'environment-not-solved',
      `${name} could not be set up: its record ended with ${unsolved.status}. ${unsolved.reason}`,
      { hint: 'Start `swemint env` again with --skip-existing, perhaps with a model.' },
    );
  }
  const other = records.find(({ repository }) => repository?.name === name)?.repository;
  if (other) {
    throw new SwemintError(
      'environment-other-commit',
      `The environment of ${name} was proved for other code: ${other.revision}, not ${revision}.`,
      { hint: 'Name that revision with the source, or prove this one with `swemint env`.' },
    );
  }
  throw new SwemintError('no-such-environment', `No environment was proved for ${name}.`, {
    hint: 'Add it with `swemint env`, or leave --environment out.',
  });
}

function parseRecord(line: string, path: string, number: number): EnvironmentRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw badLine(path, number, 'it is not JSON', error);
  }
  const parsed = environmentRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badLine(path, number, `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'wrong'}`);
}

function badLine(path: string, line: number, why: string, cause?: unknown): SwemintError {
  return new SwemintError('bad-environments', `${path}, line ${line} is no environment: ${why}.`, {
    hint,
    cause,
  });
}
