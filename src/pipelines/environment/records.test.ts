// The environment of exactly this code is found; anything else is refused for what it is.
import { expect, test } from 'vitest';
import type { EnvironmentRecord, Repository } from '../../core/schema/index.ts';
import { parseRecords, recordFor } from './records.ts';

const repository: Repository = {
  id: 'o__a.11111111',
  name: 'o/a',
  source: { kind: 'folder', location: './a' },
  revision: 'r1',
  commit: '1'.repeat(40),
  languages: ['python'],
  license: null,
};

function record(changes: Partial<EnvironmentRecord>): EnvironmentRecord {
  return {
    schemaVersion: 1,
    repo: './a',
    source: repository.source,
    repository,
    status: 'success',
    reason: 'Fine.',
    install_script: '',
    test_script: 'pytest',
    summary: '',
    environment: {
      digest: 'd',
      spec: {
        language: 'python',
        packageManager: 'pip',
        recipe: 'given',
        install: [],
        env: {},
        test: { framework: 'pytest', args: [], env: {}, cwd: '.' },
      },
    },
    certificate: null,
    attempts: [],
    trajectories: [],
    model: { calls: 0, costUsd: 0 },
    finishedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

const codeOf = (records: readonly EnvironmentRecord[]): unknown => {
  try {
    return recordFor(repository, records).environment.digest;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('by the code itself, whatever it is called', () => {
  const renamed = { ...repository, id: 'x', name: 'fork/a' };
  const unsolved = record({ status: 'max_iteration', environment: null });
  expect(codeOf([unsolved, record({ repository: renamed })])).toBe('d');
});

test('other code, no success, nothing at all', () => {
  const moved = { ...repository, commit: '2'.repeat(40), revision: 'r2' };
  expect(codeOf([record({ repository: moved })])).toBe('environment-other-commit');
  expect(codeOf([record({ status: 'tool_stop', environment: null })])).toBe(
    'environment-not-solved',
  );
  expect(codeOf([record({ repository: null, status: 'error', environment: null })])).toBe(
    'no-such-environment',
  );
});

test('lines come back as they were; the first that is none is named', () => {
  const text = `${JSON.stringify(record({}))}\n\n`;
  expect(parseRecords(text, 'f')).toEqual([record({})]);
  expect(() => parseRecords(`${text}{"a":1}\n`, 'f')).toThrow(/^f, line 3 is no environment/);
  expect(() => parseRecords('no', 'f')).toThrow(/line 1 .* not JSON/);
});
