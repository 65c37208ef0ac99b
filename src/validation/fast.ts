// Mode `fast`: a cheap screen for every candidate, hermetic confirmation for those worth keeping.
import type { Candidate, EvidenceRun, SuiteRun, Verdict } from '../core/schema/index.ts';
import { assumeUnselected, confirm } from './confirm.ts';
import type { ConfirmOptions } from './confirm.ts';
import { describeFailure, keep, reject, toEvidence } from './evidence.ts';
import type { Fault } from './evidence.ts';
import { doesNotApply, findFault, hang, judgeFully, notRestored, readTexts } from './full.ts';
import type { JudgeOptions } from './full.ts';
import { compareWithBaseline, sameLabels } from './labels.ts';
import type { Labels } from './labels.ts';
import { ScreenCrash } from './screen.ts';
import type { Screened, Screener, ScreenRequest } from './screen.ts';
import type { SuiteHost } from './suite.ts';

export interface FastOptions extends JudgeOptions {
  confirm: ConfirmOptions['scope'];
  confirmer: ConfirmOptions['confirmer'];
  restored: ConfirmOptions['restored'];
  /** A candidate that fails more tests than this is a poor task; undefined means no limit. */
  hubLimit: number | undefined;
  /** True when the candidate's class has been found unsafe to screen in this environment. */
  isDowngraded: (candidate: Candidate) => boolean;
  /** Told when a confirmation contradicts the screen. */
  onContradiction: (candidate: Candidate, screened: Screened) => void;
  /** Told what the screen saw, before anything else runs; `labels` when something had to run. */
  onScreened?: (candidate: Candidate, screened: Screened, labels: Labels | undefined) => void;
}

/**
 * Judges a candidate at a fraction of `judgeFully`'s cost. Whatever the screen cannot be trusted
 * with goes the full way; the screen alone never makes a task.
 */
export async function judgeFast(
  host: SuiteHost,
  screener: Screener,
  candidate: Candidate,
  options: FastOptions,
): Promise<Verdict> {
  if (options.isDowngraded(candidate)) return judgeFully(host, candidate, options);
  const texts = await readTexts(host, candidate);
  const evidence: EvidenceRun[] = [];
  if (texts === undefined) return reject(candidate, evidence, undefined, doesNotApply);

  const request = (content: string): ScreenRequest => ({
    id: candidate.id,
    files: [{ path: candidate.entity.path, content }],
    hubLimit: options.hubLimit,
    signal: options.signal,
  });
  const screened = await believe(() => screener.screen(request(texts.buggy)));
  if (screened === undefined) return judgeFully(host, candidate, options);
  if (screened.run === undefined) {
    options.onScreened?.(candidate, screened, undefined);
    return reject(candidate, evidence, undefined, nothingRan(screened));
  }

  evidence.push(toEvidence('screen', screened.level, screened.run));
  const labels = labelsOf(screened, screened.run, options);
  options.onScreened?.(candidate, screened, labels);
  if (screened.run.outcome === 'timed-out') {
    // What a test cut short keeps from running is a matter of limits: those of full runs count.
    if (options.hangs === 'keep') return judgeFully(host, candidate, options);
    return reject(candidate, evidence, labels, hang);
  }
  if (screened.stoppedAsHub) return reject(candidate, evidence, labels, hub(options.hubLimit));
  const fault = findFault({ run: completeRun(screened, screened.run, options), labels }, options);
  if (fault) return reject(candidate, evidence, labels, fault);

  const confirmation = await confirm(host, candidate, texts, labels, screened, evidence, {
    baseline: options.baseline,
    limits: options.limits,
    runs: screener.repeat ? 1 : Math.max(1, options.repeats),
    scope: options.confirm,
    confirmer: options.confirmer,
    restored: options.restored,
    signal: options.signal,
  });
  const contradict = (): Promise<Verdict> => {
    options.onContradiction(candidate, screened);
    return judgeFully(host, candidate, options);
  };
  if (!confirmation.confirmed) {
    return confirmation.fault === 'oracle'
      ? reject(candidate, evidence, labels, notRestored)
      : contradict();
  }
  for (let repeat = 1; screener.repeat && repeat < options.repeats; repeat += 1) {
    const again = await believe(() => screener.repeat?.(request(texts.buggy)));
    if (again?.run === undefined) return contradict();
    evidence.push(toEvidence('repeat', again.level, again.run));
    if (!sameLabels(labelsOf(again, again.run, options), labels)) return contradict();
  }
  return keep(candidate, evidence, labels, describeFailure(confirmation.first, labels));
}

function labelsOf(screened: Screened, run: SuiteRun, options: FastOptions): Labels {
  return compareWithBaseline(options.baseline, completeRun(screened, run, options));
}

/** Tests that were not to run keep their baseline status; so do those that an early stop kept from running. */
function completeRun(screened: Screened, run: SuiteRun, { baseline }: FastOptions): SuiteRun {
  const chosen = new Set(screened.stoppedAsHub ? [] : screened.selected);
  return assumeUnselected(baseline, run, ({ id }) => chosen.has(id));
}

/** Undefined when the look cannot be trusted, or there is no such way to look. */
async function believe(look: () => Promise<Screened> | undefined): Promise<Screened | undefined> {
  try {
    const screened = await look();
    return screened?.suspicious === undefined && screened?.level !== 'full' ? screened : undefined;
  } catch (error) {
    if (error instanceof ScreenCrash) return undefined;
    throw error;
  }
}

function nothingRan({ level }: Screened): Fault {
  return level === 'unchanged'
    ? { reason: 'no-test-fails', detail: 'It compiles to the same code.' }
    : { reason: 'uncovered', detail: 'No test executes the changed code.' };
}

const hub = (limit: number | undefined): Fault => ({
  reason: 'breaks-too-much',
  detail: `More than ${limit ?? 0} tests fail: too blunt to be a good task.`,
});
