// Keeps one vitest open in the sandbox: it isolates test files itself, so only starting it again is saved.
import { posix } from 'node:path';
import { z } from 'zod';
import type { Limits, SandboxProcess } from '../../core/sandbox.ts';
import type { SuiteRun } from '../../core/schema/index.ts';
import type { ChangedFile } from '../screen.ts';
import { layout } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';
import { openAnswers, readReport } from './answers.ts';
import type { NextAnswer } from './answers.ts';
import { watchFailures } from './watch-failures.ts';

const answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.string(), cpuMs: z.number() }),
  z.object({
    type: z.literal('end'),
    id: z.string(),
    outcome: z.enum(['completed', 'timed-out', 'broken']),
    found: z.number().optional(),
    message: z.string().optional(),
    wallMs: z.number(),
    cpuMs: z.number(),
  }),
]);
type Answer = z.infer<typeof answer>;

const READY_MS = 60_000;
/** A fresh start bounds whatever candidates leave on the disk and in memory. */
const RUNS_PER_START = 25;

export interface WarmRun {
  run: SuiteRun;
  stoppedAsHub: boolean;
}

export interface WarmRequest {
  files: readonly string[];
  changed: readonly ChangedFile[];
  /** The original texts of `changed`, written back afterwards. */
  originals: readonly ChangedFile[];
  hubLimit: number | undefined;
  limits: Limits;
  signal: AbortSignal;
}

/** One vitest kept open, started when first needed and again after whatever went wrong. */
export class WarmVitest implements AsyncDisposable {
  readonly #host: SuiteHost;
  #process: SandboxProcess | undefined;
  #next: NextAnswer<Answer> | undefined;
  #runs = 0;
  #reverted: string[] = [];
  /** CPU time of the last start, to be charged to the run that needed it. */
  #startMs = 0;

  constructor(host: SuiteHost) {
    this.#host = host;
  }

  /** Undefined when it cannot be trusted with these files: they need a fresh process. */
  async run(request: WarmRequest): Promise<WarmRun | undefined> {
    const { sandbox } = this.#host;
    if (this.#runs >= RUNS_PER_START) await this.close();
    if (this.#process === undefined && !(await this.#start(request))) return undefined;
    this.#runs += 1;
    for (const { path, content } of request.changed) await sandbox.write(inside(path), content);
    const result = await this.#ask(request);
    request.signal.throwIfAborted();
    if (result === undefined || result.run.outcome !== 'completed') await this.close();
    else {
      for (const { path, content } of request.originals) await sandbox.write(inside(path), content);
      this.#reverted = request.changed.map(({ path }) => path);
    }
    return result;
  }

  /** Ends the program; the tree is as it was at first. */
  async close(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    this.#process = undefined;
    await running.kill();
    await this.#host.sandbox.restore();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    await running?.kill();
  }

  async #start({ limits, signal }: WarmRequest): Promise<boolean> {
    const { sandbox, framework, spec } = this.#host;
    await sandbox.restore();
    const repositoryPath = posix.join(sandbox.root, layout.repository);
    const runnersPath = posix.join(sandbox.root, layout.runners);
    const reportPath = posix.join(sandbox.root, layout.report);
    const { env } = framework.command({
      setting: spec.test,
      reportPath,
      runnersPath,
      repositoryPath,
    });
    const { timeoutMs: _wall, cpuMs: _cpu, ...lasting } = limits;
    this.#process = await sandbox.spawn({
      argv: ['node', posix.join(runnersPath, 'javascript/warm-vitest.mjs'), ...spec.test.args],
      cwd: posix.join(repositoryPath, spec.test.cwd),
      env,
      limits: { ...lasting, timeoutMs: 24 * 3600 * 1000 },
      signal,
    });
    this.#next = openAnswers(this.#process, answer);
    this.#runs = 0;
    this.#reverted = [];
    const first = await this.#next(READY_MS);
    if (first?.type === 'ready') {
      this.#startMs = first.cpuMs;
      return true;
    }
    await this.close();
    return false;
  }

  async #ask(request: WarmRequest): Promise<WarmRun | undefined> {
    const { sandbox, framework } = this.#host;
    const { files, changed, limits, hubLimit } = request;
    const hub = new AbortController();
    const over = new AbortController();
    await this.#process?.write(
      `${JSON.stringify({
        type: 'run',
        id: String(this.#runs),
        files,
        changed: [...new Set([...this.#reverted, ...changed.map(({ path }) => path)])],
        cpuMs: limits.cpuMs ?? null,
      })}\n`,
    );
    const watch =
      hubLimit === undefined
        ? undefined
        : watchFailures(sandbox, layout.report, hubLimit, hub, over.signal);
    const stopped = Promise.withResolvers<undefined>();
    hub.signal.addEventListener('abort', () => stopped.resolve(undefined), { once: true });
    let end: Answer | undefined;
    try {
      end = await Promise.race([this.#next?.(limits.timeoutMs ?? READY_MS), stopped.promise]);
    } finally {
      over.abort();
      await watch;
    }
    const isHub = hub.signal.aborted;
    if (end?.type !== 'end' && !isHub) return undefined;
    const result = end?.type === 'end' ? end : undefined;
    if (result?.outcome === 'broken' || (result?.found ?? files.length) !== files.length) {
      return undefined;
    }
    const report = await readReport(this.#host);
    const started = this.#startMs;
    this.#startMs = 0;
    const run = framework.parse(report, {
      outcome: isHub ? 'aborted' : result?.outcome === 'timed-out' ? 'timed-out' : 'exited',
      exitCode: isHub || result?.outcome === 'timed-out' ? null : exitCodeOf(report),
      signal: null,
      stdout: '',
      stderr: '',
      truncated: false,
      wallMs: result?.wallMs ?? 0,
      cpuMs: (result?.cpuMs ?? 0) + started,
    });
    return { run, stoppedAsHub: isHub };
  }
}

const inside = (path: string): string => `${layout.repository}/${path}`;

/** What the program would have exited with, had it been started for this run alone. */
const exitCodeOf = (report: string | undefined): number =>
  report?.includes('{"type":"end","exit":0}') === true ? 0 : 1;
