// Chooses how a repository's candidates are judged: screened and confirmed, or the full way.
import type { Limits, Sandbox } from '../../core/sandbox.ts';
import type { Framework } from '../../core/framework.ts';
import type { Candidate, Environment, Verdict } from '../../core/schema/index.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { frameworks } from '../../frameworks/registry.ts';
import type { Kit } from '../../kit.ts';
import { noRestoredRuns } from '../../validation/confirm.ts';
import { judgeFast } from '../../validation/fast.ts';
import type { FastOptions } from '../../validation/fast.ts';
import { judgeFully } from '../../validation/full.ts';
import type { JudgeOptions } from '../../validation/full.ts';
import { screeners } from '../../validation/screeners/registry.ts';
import type { ScreenerKind } from '../../validation/screeners/kind.ts';
import { openEnvironment, runLimits } from '../environment/open.ts';
import type { PreparedRepository } from './repository.ts';

/** One worker's hands: its own sandboxes, nothing shared with other workers but the ledger. */
export interface Judge extends AsyncDisposable {
  judge(candidate: Candidate): Promise<Verdict>;
}

export interface Court {
  framework: Framework;
  options: JudgeOptions;
  /** Whether candidates are screened. */
  fast: boolean;
  /** `onScreened` hears what screens see, for those who measure them. */
  open: (onScreened?: FastOptions['onScreened']) => Promise<Judge>;
  /** Judges the full way, whatever the mode. */
  openFull: () => Promise<Judge>;
  openSandbox: () => Promise<Sandbox>;
}

/** Prepares judging, with a recording where the mode wants one and the framework allows it. */
export async function openCourt(
  kit: Kit,
  config: ScaleConfig,
  prepared: PreparedRepository,
  environment: Environment,
): Promise<Court> {
  const framework = await frameworks.load(environment.spec.test.framework);
  const options: JudgeOptions = {
    baseline: environment.baseline,
    limits: candidateLimits(config, environment),
    repeats: config.validation.repeats,
    minPassToPass: config.validation.minPassToPass,
    hangs: config.validation.hangs,
    signal: kit.signal,
  };
  const openSandbox = () => openEnvironment(kit, config, environment, prepared.base);
  const openFull = async (): Promise<Judge> => {
    const sandbox = await openSandbox();
    const host = { sandbox, framework, spec: environment.spec };
    return {
      judge: (candidate) => judgeFully(host, candidate, options),
      [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
    };
  };
  const court = { framework, options, openFull, openSandbox };
  const screen = config.mode === 'fast' ? await prepareScreen(kit, environment, court) : undefined;
  if (screen === undefined) return { ...court, fast: false, open: openFull };

  const downgraded = new Set<string>();
  const hubLimit = hubLimitOf(config, environment);
  const privateViews = (await kit.sandbox.capacity()) > 1;
  const open: Court['open'] = async (onScreened) => {
    const stack = new AsyncDisposableStack();
    try {
      // Screen and confirmer keep a process alive in their sandboxes; new processes need one of their own.
      const screenSandbox = stack.use(await openSandbox());
      const confirmSandbox = privateViews ? stack.use(await openSandbox()) : undefined;
      const sandbox = stack.use(await openSandbox());
      const hostOf = (own: Sandbox) => ({ sandbox: own, framework, spec: environment.spec });
      const screener = stack.use(
        await screen.kind.open(hostOf(screenSandbox), screen.recording, options),
      );
      const confirmer =
        confirmSandbox &&
        stack.use(screen.kind.openConfirmer?.(hostOf(confirmSandbox), screen.recording, options));
      const fastOptions = {
        ...options,
        confirm: config.validation.confirm,
        confirmer,
        restored: noRestoredRuns(),
        hubLimit,
        isDowngraded: ({ entity }: Candidate) => downgraded.has(entity.id),
        onContradiction: ({ entity }: Candidate) => void downgraded.add(entity.id),
        ...(onScreened === undefined ? {} : { onScreened }),
      };
      return {
        judge: (candidate) => judgeFast(hostOf(sandbox), screener, candidate, fastOptions),
        [Symbol.asyncDispose]: () => stack.disposeAsync(),
      };
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  };
  return { ...court, fast: true, open };
}

/** The recording, made once and kept with the environment; undefined when there can be none. */
async function prepareScreen(
  kit: Kit,
  environment: Environment,
  court: Pick<Court, 'framework' | 'options' | 'openSandbox'>,
): Promise<{ kind: ScreenerKind; recording: string } | undefined> {
  const { framework, options } = court;
  if (framework.screener === undefined) return undefined;
  const kind = await screeners.load(framework.screener);
  const note = `recording ${kind.format}`;
  const stored = await kit.store.readNote(environment.digest, note);
  if (stored !== undefined) return { kind, recording: stored };

  kit.emit({ type: 'stage-start', stage: 'recording', detail: framework.name });
  await using sandbox = await court.openSandbox();
  const result = await kind.record({ sandbox, framework, spec: environment.spec }, options);
  if (!result.usable) {
    kit.emit({
      type: 'warning',
      code: 'no-screen',
      message: `Every candidate will be judged the full way: ${result.because}`,
    });
    return undefined;
  }
  if (result.advice !== undefined) {
    kit.emit({ type: 'warning', code: 'slow-screen', message: result.advice });
  }
  await kit.store.writeNote(environment.digest, note, result.recording);
  kit.emit({ type: 'stage-end', stage: 'recording', detail: 'recorded what each test reaches' });
  return { kind, recording: result.recording };
}

function hubLimitOf(config: ScaleConfig, { baseline }: Environment): number | undefined {
  const { hubShare } = config.validation;
  if (hubShare >= 1) return undefined;
  const passing = baseline.tests.filter(({ status }) => status === 'passed').length;
  return Math.max(1, Math.floor(hubShare * passing));
}

function candidateLimits(config: ScaleConfig, { baseline }: Environment): Limits {
  const { timeoutFactor, timeoutFloor } = config.validation;
  const timeoutMs =
    config.timeout === null
      ? Math.max(timeoutFloor * 1000, timeoutFactor * baseline.wallMs)
      : config.timeout * 1000;
  return { ...runLimits(config), timeoutMs: Math.round(timeoutMs) };
}
