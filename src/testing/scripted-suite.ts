// A suite of two test files whose runs are made up: for tests of what is done with runs.
import type { Framework } from '../core/framework.ts';
import type { Sandbox } from '../core/sandbox.ts';
import type { Baseline, EnvironmentSpec, SuiteRun } from '../core/schema/index.ts';
import type { SuiteHost } from '../validation/suite.ts';

export const clean = 'clean\n';
export const buggy = 'buggy\n';
export const files = ['a.py', 'b.py'];
export const baseline: Baseline = {
  runs: 2,
  wallMs: 10,
  cpuMs: 10,
  tests: files.map((file) => ({
    id: `${file}::test`,
    file,
    status: 'passed' as const,
    durationMs: 1,
  })),
};

export function run(failing: readonly string[], ran: readonly string[]): SuiteRun {
  return {
    outcome: 'completed',
    results: ran.map((file) => ({
      id: `${file}::test`,
      file,
      durationMs: 1,
      ...(failing.includes(file)
        ? { status: 'failed' as const, kind: 'assertion' as const, message: 'boom' }
        : { status: 'passed' as const }),
    })),
    collectionErrors: [],
    exitCode: null,
    wallMs: 5,
    cpuMs: 5,
    outputTail: '',
  };
}

/** New processes: everything passes in the clean tree, `a.py` fails with the bug. */
export function hostOfNewProcesses(): { host: SuiteHost; processes: () => number } {
  let text = clean;
  let processes = 0;
  const sandbox: Partial<Sandbox> = {
    root: '/srv/sandbox',
    restore: () => {
      text = clean;
      return Promise.resolve();
    },
    write: (_, data) => {
      text = String(data);
      return Promise.resolve();
    },
    exec: () => {
      processes += 1;
      return Promise.resolve({
        outcome: 'exited',
        exitCode: 0,
        signal: null,
        stdout: '',
        stderr: '',
        wallMs: 9,
        cpuMs: 9,
      } as Awaited<ReturnType<Sandbox['exec']>>);
    },
    read: (path) =>
      Promise.resolve(new TextEncoder().encode(path.endsWith('source.py') ? text : '')),
  };
  let ran: readonly string[] = files;
  const framework: Partial<Framework> = {
    command: ({ selection }) => {
      ran = selection?.files ?? files;
      return { argv: ['run'], env: {} };
    },
    parse: () => run(text === buggy ? ['a.py'] : [], ran),
  };
  const spec = { test: { cwd: '.', args: [], env: {} } } as unknown as EnvironmentSpec;
  return {
    host: { sandbox: sandbox as Sandbox, framework: framework as Framework, spec },
    processes: () => processes,
  };
}
