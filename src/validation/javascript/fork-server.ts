// Keeps a Node open that has loaded the dependencies and forks for every run: only the repository's own code is loaded anew.
import { posix } from 'node:path';
import { z } from 'zod';
import type { ExecResult, Limits, SandboxProcess } from '../../core/sandbox.ts';
import type { EnvironmentSpec, JavascriptRecording, SuiteRun } from '../../core/schema/index.ts';
import type { ChangedFile } from '../screen.ts';
import { layout } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';
import { openAnswers, readReport } from './answers.ts';
import type { NextAnswer } from './answers.ts';

const answer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    refused: z.array(z.string()),
    version: z.string(),
    cpuMs: z.number(),
  }),
  z.object({
    type: z.literal('end'),
    id: z.string(),
    outcome: z.enum(['exited', 'signaled', 'timed-out', 'broken']),
    code: z.number().optional(),
    wallMs: z.number(),
    cpuMs: z.number(),
  }),
  z.object({ type: z.literal('tidied'), residue: z.boolean(), cpuMs: z.number() }),
]);
type Answer = z.infer<typeof answer>;
type End = Extract<Answer, { type: 'end' }>;

const READY_MS = 60_000;
/** A fresh start bounds whatever runs leave where nobody looks. */
const RUNS_PER_START = 400;
/** A server that does not come up this often in a row is not asked again. */
const START_ATTEMPTS = 3;
/** Exit code of a run that its failures have stopped. */
const HUB = 118;
const addonPath = 'fork.node';
const outputPath = 'output.txt';
const errorsPath = 'errors.txt';

export type ForkSettings = Pick<
  NonNullable<JavascriptRecording['forked']>,
  'addon' | 'builtins' | 'dependencies'
>;

export interface ForkRequest {
  /** Repository-relative test files, for one process together. */
  files: readonly string[];
  /** More failed tests than this end the run. */
  failures: number | undefined;
  cpuMs: number | null;
  wallMs: number;
  signal: AbortSignal;
}

export interface ForkRun {
  run: SuiteRun;
  stoppedAsHub: boolean;
}

/** Whether runs of this suite can be forked at all: nothing of the repository comes before them. */
export function canFork({ framework }: SuiteHost, spec: EnvironmentSpec): boolean {
  const { args, env } = spec.test;
  const options = env['NODE_OPTIONS'] ?? spec.env['NODE_OPTIONS'] ?? '';
  if (/(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader)\b/.test(options))
    return false;
  if (framework.name === 'node-test')
    return args.every((word) => !isOption(word) || TIMEOUT.test(word));
  if (framework.name === 'tap') return !args.some(isOption);
  return framework.name === 'mocha' || framework.name === 'jest';
}

const isOption = (word: string): boolean => word.startsWith('-');
const TIMEOUT = /^--test-timeout=(\d+)$/;

/** What Node's own runner takes as options of its function instead of words. */
function optionsOf({ args }: EnvironmentSpec['test']): Record<string, unknown> {
  const timeout = args.map((word) => TIMEOUT.exec(word)?.[1]).find((found) => found !== undefined);
  return timeout === undefined ? {} : { timeout: Number(timeout) };
}

/** One fork server, started when first needed and again after whatever went wrong. */
export class ForkServer implements AsyncDisposable {
  readonly #host: SuiteHost & { limits: Limits };
  readonly #settings: ForkSettings;
  readonly #changed = new Set<string>();
  #process: SandboxProcess | undefined;
  #next: NextAnswer<Answer> | undefined;
  #runs = 0;
  #failedStarts = 0;
  #refused: string[] = [];
  /** CPU time of starting and tidying, to be charged to the next run. */
  #owedMs = 0;

  constructor(host: SuiteHost & { limits: Limits }, settings: ForkSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** Starts anew; the dependencies that could not be loaded, or undefined when there is no server. */
  async open(signal: AbortSignal): Promise<readonly string[] | undefined> {
    await this.close();
    return (await this.#start(signal)) ? this.#refused : undefined;
  }

  /** Puts files in place for the runs to come; false when there is no server. */
  async change(files: readonly ChangedFile[], signal: AbortSignal): Promise<boolean> {
    if (this.#runs >= RUNS_PER_START) await this.close();
    if (this.#process === undefined && !(await this.#start(signal))) return false;
    for (const { path, content } of files) {
      await this.#host.sandbox.write(`${layout.repository}/${path}`, content);
      this.#changed.add(path);
    }
    return true;
  }

  /** Undefined when it cannot tell; then the server is gone. */
  async run(request: ForkRequest): Promise<ForkRun | undefined> {
    const end = await this.#ask(request);
    request.signal.throwIfAborted();
    if (end === undefined || end.outcome === 'broken') {
      await this.close();
      return undefined;
    }
    const report = await readReport(this.#host);
    const owedMs = this.#owedMs;
    this.#owedMs = 0;
    const stoppedAsHub = end.code === HUB && request.failures !== undefined;
    const run = this.#host.framework.parse(report, toExec(end, stoppedAsHub, owedMs));
    return { run, stoppedAsHub };
  }

  /** Whether it still runs, with the changed files in place. */
  get isOpen(): boolean {
    return this.#process !== undefined;
  }

  /** Makes the tree what it was before; where runs have altered more, the server is closed. */
  async revert(originals: readonly ChangedFile[]): Promise<void> {
    if (this.#process === undefined) return;
    for (const { path, content } of originals) {
      await this.#host.sandbox.write(`${layout.repository}/${path}`, content);
    }
    await this.#process.write(`${JSON.stringify({ type: 'tidy', changed: [...this.#changed] })}\n`);
    const answered = await this.#next?.(READY_MS);
    if (answered?.type !== 'tidied' || answered.residue) await this.close();
    else this.#owedMs += answered.cpuMs;
  }

  /** Ends the server; the tree is as it was at first. */
  async close(): Promise<void> {
    if (this.#process === undefined) return;
    await this[Symbol.asyncDispose]();
    await this.#host.sandbox.restore();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    await running?.kill();
  }

  async #start(signal: AbortSignal): Promise<boolean> {
    if (this.#failedStarts >= START_ATTEMPTS) return false;
    const { sandbox, spec, limits } = this.#host;
    const { timeoutMs: _wall, cpuMs: _cpu, ...lasting } = limits;
    await sandbox.restore();
    this.#changed.clear();
    const inside = (path: string): string => posix.join(sandbox.root, path);
    await sandbox.write(addonPath, Buffer.from(this.#settings.addon, 'base64'));
    const root = inside(layout.repository);
    const cwd = posix.join(root, spec.test.cwd);
    this.#process = await sandbox.spawn({
      argv: [
        'node',
        '--single-threaded',
        '--v8-pool-size=0',
        inside(`${layout.runners}/javascript/zygote/zygote.mjs`),
        inside(addonPath),
      ],
      cwd,
      env: this.#command(undefined).env,
      limits: { ...lasting, timeoutMs: 24 * 3600 * 1000 },
      signal,
    });
    this.#next = openAnswers(this.#process, answer);
    this.#runs = 0;
    await this.#process.write(
      `${JSON.stringify({
        root,
        cwd,
        report: inside(layout.report),
        output: inside(outputPath),
        errors: inside(errorsPath),
        framework: this.#host.framework.name,
        builtins: this.#settings.builtins,
        dependencies: this.#settings.dependencies.map(({ path, module }) => ({
          path: posix.join(root, path),
          module,
        })),
      })}\n`,
    );
    const first = await this.#next(READY_MS);
    if (first?.type === 'ready') {
      this.#failedStarts = 0;
      this.#owedMs += first.cpuMs;
      this.#refused = first.refused.map((path) => posix.relative(root, path));
      return true;
    }
    this.#failedStarts += 1;
    await this.close();
    return false;
  }

  #command(files: readonly string[] | undefined) {
    const { sandbox, framework, spec } = this.#host;
    return framework.command({
      setting: spec.test,
      ...(files === undefined ? {} : { selection: { files } }),
      reportPath: posix.join(sandbox.root, layout.report),
      runnersPath: posix.join(sandbox.root, layout.runners),
      repositoryPath: posix.join(sandbox.root, layout.repository),
    });
  }

  async #ask({ files, failures, cpuMs, wallMs }: ForkRequest): Promise<End | undefined> {
    this.#runs += 1;
    const { argv, env } = this.#command(files);
    // The server has these already, and tests must not see them.
    const { SWEMINT_REPORT: _report, SWEMINT_ROOT: _root, ...added } = env;
    await this.#process?.write(
      `${JSON.stringify({
        type: 'run',
        id: String(this.#runs),
        files,
        argv: argv.slice(1),
        env: added,
        options: optionsOf(this.#host.spec.test),
        cpuMs,
        wallMs,
        failures: failures ?? null,
      })}\n`,
    );
    const end = await this.#next?.(wallMs + READY_MS);
    return end?.type === 'end' ? end : undefined;
  }
}

function toExec(end: End, stoppedAsHub: boolean, owedMs: number): ExecResult {
  const { outcome, code = null, wallMs, cpuMs } = end;
  return {
    outcome: stoppedAsHub || outcome === 'broken' ? 'aborted' : outcome,
    exitCode: code,
    signal: outcome === 'signaled' ? 'SIGKILL' : null,
    stdout: '',
    stderr: '',
    truncated: false,
    wallMs,
    cpuMs: cpuMs + owedMs,
  };
}
