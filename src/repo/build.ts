// Installs an environment inside a sandbox and says what it holds; what fails is told, not thrown.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Emit } from '../core/events.ts';
import type { ExecResult, Sandbox, SandboxProvider } from '../core/sandbox.ts';
import type { EnvironmentSpec } from '../core/schema/index.ts';
import { explainFileError } from '../lib/files.ts';
import { downloadSettings } from './download-settings.ts';
import { inspectMachine, type Machine } from './machine.ts';
import { guardRepository } from './repository-guard.ts';
import { linkTools } from './tool-links.ts';
import { fillVariables } from './variables.ts';
import { readVersions } from './versions.ts';

export interface BuildOptions {
  /** Environment folder of the host: holds `repo/` already; gets `bin/`, `home/` and what is installed. */
  base: string;
  provider: SandboxProvider;
  /** Of the whole installation. Default 20 minutes. */
  timeoutMs?: number;
  machine?: Machine;
  signal?: AbortSignal | undefined;
  emit?: Emit | undefined;
}

export type BuildResult =
  | {
      ok: true;
      versions: Record<string, string>;
      log: string;
      /** Committed files that it changed. */
      changed: string[];
    }
  | {
      ok: false;
      /** The command that failed. */
      step: string;
      /** One sentence for a person. */
      reason: string;
      /** The end of what it printed. */
      logTail: string;
    };

const keptLog = 8_000;

/** Installations fetch packages, not browsers, and set up nothing for committers. */
export const installVariables: Readonly<Record<string, string>> = {
  ADBLOCK: '1',
  CYPRESS_INSTALL_BINARY: '0',
  DISABLE_OPENCOLLECTIVE: '1',
  ELECTRON_SKIP_BINARY_DOWNLOAD: '1',
  HUSKY: '0',
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
  PUPPETEER_SKIP_DOWNLOAD: '1',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_loglevel: 'error',
  npm_config_update_notifier: 'false',
};

/**
 * Runs the install commands of `spec` with network and writes allowed in `base` only. Every build
 * starts from the committed files and an empty installation, so attempts do not see each other.
 * Throws `no-permission` and `disk-full` when the host cannot hold it.
 */
export async function buildEnvironment(
  spec: EnvironmentSpec,
  options: BuildOptions,
): Promise<BuildResult> {
  try {
    return await build(spec, options);
  } catch (error) {
    throw explainFileError(error, `write ${options.base}`);
  }
}

/** The variables of commands that install: the environment's own and how packages are reached from here. */
export async function installEnvironment(
  { env, language }: Pick<EnvironmentSpec, 'env' | 'language'>,
  base: string,
): Promise<Record<string, string>> {
  return {
    ...installVariables,
    ...fillVariables(env, base),
    BASE: base,
    ...(await downloadSettings(language)),
  };
}

async function build(spec: EnvironmentSpec, options: BuildOptions): Promise<BuildResult> {
  const { base, provider, signal, emit, machine = inspectMachine(provider) } = options;
  const deadline = Date.now() + (options.timeoutMs ?? 20 * 60_000);
  await using guard = await guardRepository(base, signal);
  await guard.clean();
  await Promise.all(
    ['venv', 'bin'].map((name) => rm(join(base, name), { recursive: true, force: true })),
  );
  await Promise.all(['bin', 'home'].map((name) => mkdir(join(base, name), { recursive: true })));
  await linkTools(join(base, 'bin'), machine);
  await using sandbox = await provider.open({
    base,
    access: 'direct',
    network: true,
    env: await installEnvironment(spec, base),
    ...(signal ? { signal } : {}),
  });
  const log: string[] = [];
  for (const [index, command] of spec.install.entries()) {
    emit?.({
      type: 'stage-progress',
      stage: 'environment',
      done: index,
      total: spec.install.length,
    });
    const result = await runStep(sandbox, command, deadline - Date.now(), signal);
    signal?.throwIfAborted();
    if (!(await guard.isInPlace())) {
      await guard.clean();
      const reason = 'It replaced the folder of the repository.';
      return { ok: false, step: command, reason, logTail: tail(log.join('\n')) };
    }
    log.push(`$ ${command}\n${result.stdout}${result.stderr}`);
    if (result.outcome !== 'exited' || result.exitCode !== 0) {
      await guard.clean();
      return { ok: false, step: command, reason: reasonOf(result), logTail: tail(log.join('\n')) };
    }
  }
  const versions = await readVersions(spec, sandbox);
  const changed = await guard.settle();
  if (changed.length > 0) {
    emit?.({
      type: 'warning',
      code: 'install-changed-files',
      message: `The installation changed files of the repository: ${changed.slice(0, 5).join(', ')}${changed.length > 5 ? ` and ${changed.length - 5} more` : ''}.`,
    });
  }
  await rm(join(base, 'home'), { recursive: true, force: true });
  await mkdir(join(base, 'home'));
  return { ok: true, versions, log: tail(log.join('\n')), changed };
}

/** The end of a log, clipped to what a person reads. */
function tail(text: string): string {
  return text.length <= keptLog ? text : `…${text.slice(-keptLog)}`;
}

async function runStep(
  sandbox: Sandbox,
  command: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  return sandbox.exec({
    argv: ['/bin/sh', '-e', '-c', command],
    cwd: 'repo',
    limits: { timeoutMs: Math.max(1_000, timeoutMs) },
    ...(signal ? { signal } : {}),
  });
}

function reasonOf(result: ExecResult): string {
  if (result.outcome === 'exited') return `It ended with exit code ${result.exitCode}.`;
  if (result.outcome === 'signaled') return `It was ended by ${result.signal}.`;
  return reasons[result.outcome];
}

const reasons = {
  aborted: 'It was stopped.',
  'out-of-memory': 'It ran out of memory.',
  'output-limit': 'It printed without end.',
  'timed-out': 'It did not end in time.',
};
