// Mode `full`: the reference. The whole suite in a fresh process for every look at a candidate.
import type { Limits } from '../core/sandbox.ts';
import type { Baseline, Candidate, EvidenceRun, SuiteRun, Verdict } from '../core/schema/index.ts';
import { applyPatch, reversePatch } from '../lib/diff.ts';
import { describeFailure, keep, reject, sourcePath, toEvidence } from './evidence.ts';
import type { Fault } from './evidence.ts';
import { findHangingTest } from './hang.ts';
import { compareWithBaseline, sameLabels } from './labels.ts';
import type { Labels } from './labels.ts';
import { runSuite } from './suite.ts';
import type { SuiteHost } from './suite.ts';

export interface JudgeOptions {
  baseline: Baseline;
  limits: Limits;
  /** Further runs with the bug that must fail the same tests. */
  repeats: number;
  minPassToPass: number;
  hangs: 'reject' | 'keep';
  signal: AbortSignal;
}

interface Look {
  run: SuiteRun;
  labels: Labels;
}

/**
 * Decides whether a candidate is a task: it must break tests, break the same ones every time, and
 * be repaired completely by its oracle patch. Rejects only when the sandbox fails or on abort.
 */
export async function judgeFully(
  host: SuiteHost,
  candidate: Candidate,
  options: JudgeOptions,
): Promise<Verdict> {
  const evidence: EvidenceRun[] = [];
  const refuse = (labels: Labels | undefined, fault: Fault): Verdict =>
    reject(candidate, evidence, labels, fault);

  const texts = await readTexts(host, candidate);
  if (texts === undefined) return refuse(undefined, doesNotApply);
  const look = async (purpose: EvidenceRun['purpose'], text: string): Promise<Look> => {
    const run = await runOnce(host, candidate, text, options);
    evidence.push(toEvidence(purpose, 'full', run));
    return { run, labels: compareWithBaseline(options.baseline, run) };
  };

  const screen = await look('screen', texts.buggy);
  const fault = findFault(screen, options);
  if (fault) return refuse(screen.labels, fault);
  for (let repeat = 0; repeat < options.repeats; repeat += 1) {
    const again = await look('repeat', texts.buggy);
    if (!sameLabels(screen.labels, again.labels)) return refuse(screen.labels, unstable);
  }
  const oracle = await look('oracle', texts.clean);
  if (oracle.labels.failToPass.length > 0 || oracle.labels.unlabelled.length > 0) {
    return refuse(screen.labels, notRestored);
  }
  return keep(candidate, evidence, screen.labels, describeFailure(screen.run, screen.labels));
}

/** The changed file before and after; undefined when patch or oracle do not apply strictly. */
export async function readTexts(
  host: SuiteHost,
  candidate: Candidate,
): Promise<{ clean: string; buggy: string } | undefined> {
  await host.sandbox.restore();
  const bytes = await host.sandbox.read(sourcePath(candidate.entity.path));
  const clean = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const buggy = applyPatch(clean, candidate.patch);
  if (buggy === undefined || applyPatch(buggy, reversePatch(candidate.patch)) !== clean) {
    return undefined;
  }
  return { clean, buggy };
}

/** One run of the whole suite, in a restored tree with one file replaced. */
export async function runOnce(
  host: SuiteHost,
  candidate: Candidate,
  text: string,
  options: { limits: Limits; signal: AbortSignal },
): Promise<SuiteRun> {
  await host.sandbox.restore();
  await host.sandbox.write(sourcePath(candidate.entity.path), text);
  return runSuite(host, { limits: options.limits, signal: options.signal });
}

export const doesNotApply: Fault = {
  reason: 'does-not-apply',
  detail: 'The patch does not apply to the clean copy, or its reverse does not give it back.',
};

export const unstable: Fault = {
  reason: 'unstable-labels',
  detail: 'The same bug failed other tests in another run.',
};

export const notRestored: Fault = {
  reason: 'not-restored',
  detail: 'With the oracle patch applied, tests that passed before still fail.',
};

export const hang: Fault = {
  reason: 'hang',
  detail: 'A test took many times as long as it takes without the change.',
};

/** Why a first look is not worth a second one. */
export function findFault(
  { run, labels }: Look,
  options: Pick<JudgeOptions, 'baseline' | 'hangs' | 'minPassToPass' | 'limits'>,
): Fault | undefined {
  if (run.outcome === 'timed-out' && options.hangs === 'reject') {
    const seconds = ((options.limits.timeoutMs ?? run.wallMs) / 1000).toFixed(1);
    return { reason: 'hang', detail: `The suite did not end within ${seconds} s.` };
  }
  if (options.hangs === 'reject' && findHangingTest(options.baseline, run) !== undefined)
    return hang;
  if (run.outcome === 'out-of-memory' || run.outcome === 'output-limit') {
    return { reason: 'run-failed', detail: `The run was stopped: ${run.outcome}.` };
  }
  if (labels.failToPass.length === 0) {
    return { reason: 'no-test-fails', detail: 'Every test that passed before still passes.' };
  }
  if (labels.passToPass.length < options.minPassToPass) {
    return {
      reason: 'breaks-everything',
      detail: `Only ${labels.passToPass.length} tests still pass.`,
    };
  }
  return undefined;
}
