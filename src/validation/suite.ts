// Runs a repository's suite once, in a sandbox, and reads what its framework reports.
import { posix } from 'node:path';
import type { Framework, SuiteSelection } from '../core/framework.ts';
import { SwemintError } from '../core/errors.ts';
import type { ExecResult, Limits, Sandbox } from '../core/sandbox.ts';
import type { EnvironmentSpec, SuiteRun } from '../core/schema/index.ts';

/** Where things are inside an environment's folder. */
export const layout = {
  repository: 'repo',
  runners: 'runners',
  report: 'report.jsonl',
} as const;

export interface SuiteHost {
  sandbox: Sandbox;
  framework: Framework;
  spec: EnvironmentSpec;
}

export interface SuiteOptions {
  selection?: SuiteSelection;
  limits: Limits;
  signal: AbortSignal;
}

/**
 * Runs the suite in the sandbox as it stands (the caller has restored and patched it).
 * Never rejects for what the code under test does; a failing sandbox and an abort do.
 */
export async function runSuite(host: SuiteHost, options: SuiteOptions): Promise<SuiteRun> {
  const { sandbox, framework, spec } = host;
  const repositoryPath = posix.join(sandbox.root, layout.repository);
  const cwd = posix.join(repositoryPath, spec.test.cwd);
  if (spec.test.build !== undefined) {
    const build = await sandbox.exec({
      argv: ['/bin/sh', '-ec', spec.test.build],
      cwd,
      env: spec.test.env,
      limits: options.limits,
      signal: options.signal,
    });
    options.signal.throwIfAborted();
    if (build.outcome !== 'exited' || build.exitCode !== 0) return failedBuild(build);
  }
  const reportPath = posix.join(sandbox.root, layout.report);
  const command = framework.command({
    setting: spec.test,
    ...(options.selection === undefined ? {} : { selection: options.selection }),
    reportPath,
    runnersPath: posix.join(sandbox.root, layout.runners),
    repositoryPath,
  });
  const exec = await sandbox.exec({
    argv: command.argv,
    cwd,
    env: command.env,
    limits: options.limits,
    signal: options.signal,
  });
  options.signal.throwIfAborted();
  return framework.parse(await readReport(sandbox, reportPath), exec);
}

async function readReport(sandbox: Sandbox, path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await sandbox.read(path));
  } catch (error) {
    if (error instanceof SwemintError && error.code === 'no-such-file') return undefined;
    throw error;
  }
}

function failedBuild(exec: ExecResult): SuiteRun {
  return {
    outcome: exec.outcome === 'timed-out' ? 'timed-out' : 'no-report',
    results: [],
    collectionErrors: [],
    exitCode: exec.exitCode,
    wallMs: exec.wallMs,
    cpuMs: exec.cpuMs,
    outputTail: `${exec.stdout}\n${exec.stderr}`.trim().slice(-4000),
  };
}
