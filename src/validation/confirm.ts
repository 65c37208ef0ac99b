// Confirms what a screen found: hermetic runs in fresh processes and clean trees, then the oracle.
import type { SuiteSelection } from '../core/framework.ts';
import type { Limits } from '../core/sandbox.ts';
import type { Baseline, Candidate, EvidenceRun, SuiteRun } from '../core/schema/index.ts';
import { compareWithBaseline, sameLabels } from './labels.ts';
import type { Labels } from './labels.ts';
import { sourcePath, toEvidence } from './evidence.ts';
import type { Confirmer, Wanted } from './screen.ts';
import { runSuite } from './suite.ts';
import type { SuiteHost } from './suite.ts';

export interface ConfirmOptions {
  baseline: Baseline;
  limits: Limits;
  /** Runs with the bug; each must fail exactly the expected tests. */
  runs: number;
  /**
   * `covering`: the tests that reach the change, where the confirmer can tell without a new process.
   * `fresh`: their files, always in a new process. `full`: the first run takes the whole
   * suite in a new process.
   */
  scope: 'covering' | 'fresh' | 'full';
  confirmer: Confirmer | undefined;
  /** What is known of the repository with nothing changed; one per sandbox. */
  restored: RestoredRuns;
  signal: AbortSignal;
}

/**
 * Runs in the clean tree. An oracle patch gives back every byte, so the same test files need to run
 * with the fix once, whichever candidate asks; where all of them may run together, that is once for
 * every candidate.
 */
export interface RestoredRuns {
  /** All test files together; `unfit` when that does not give what the baseline says. */
  all: Look | 'unfit' | undefined;
  byFiles: Map<string, Look>;
}

export const noRestoredRuns = (): RestoredRuns => ({ all: undefined, byFiles: new Map() });

export type Confirmation =
  | { confirmed: true; labels: Labels; first: SuiteRun }
  /** `labels`: another set failed. `oracle`: the fix did not restore everything. */
  | { confirmed: false; fault: 'labels' | 'oracle'; labels: Labels };

/**
 * Runs the covering tests of a candidate again, each time in a clean tree and in a fresh process or
 * its cheaper equal, then with the fix. All others keep their baseline status.
 */
export async function confirm(
  host: SuiteHost,
  candidate: Candidate,
  texts: { clean: string; buggy: string },
  expected: Labels,
  tests: Wanted,
  evidence: EvidenceRun[],
  options: ConfirmOptions,
): Promise<Confirmation> {
  const { baseline, confirmer, signal } = options;
  const path = candidate.entity.path;
  const covering: Wanted = { files: tests.files };
  const label = (run: SuiteRun, selection: SuiteSelection | undefined): Labels => {
    const files = selection?.files;
    const whole = files === undefined ? run : assumeBaseline(baseline, run, new Set(files));
    return compareWithBaseline(baseline, whole);
  };
  const lookAnew = async (text: string, selection: SuiteSelection | undefined): Promise<Look> => {
    await host.sandbox.restore();
    await host.sandbox.write(sourcePath(path), text);
    const run = await runSuite(host, {
      ...(selection === undefined ? {} : { selection }),
      limits: options.limits,
      signal,
    });
    const level = selection === undefined ? 'full' : 'coverage';
    return { level, run, labels: label(run, selection) };
  };
  const lookCheaply = async (text: string, wanted: Wanted): Promise<Look | undefined> => {
    if (options.scope === 'fresh') return undefined;
    const run = await confirmer?.run([{ path, content: text }], wanted, signal);
    // Tests that were not chosen keep their baseline status.
    const ran = wanted.chosen === undefined ? wanted : { files: [] };
    return run && { level: 'hermetic', run, labels: label(run, ran) };
  };
  const look = async (text: string, wanted: Wanted): Promise<Look> =>
    (await lookCheaply(text, wanted)) ?? lookAnew(text, covering);
  const note = (purpose: EvidenceRun['purpose'], { level, run }: Omit<Look, 'labels'>): void =>
    void evidence.push(toEvidence(purpose, level, run));

  let first: SuiteRun | undefined;
  for (let index = 0; index < options.runs; index += 1) {
    const seen =
      index === 0 && options.scope === 'full'
        ? await lookAnew(texts.buggy, undefined)
        : await look(texts.buggy, tests);
    note('repeat', seen);
    first ??= seen.run;
    if (!sameLabels(seen.labels, expected)) {
      return { confirmed: false, fault: 'labels', labels: seen.labels };
    }
  }

  const { restored } = options;
  const key = covering.files.join('\n');
  const confirmed = (oracle: Look): Confirmation => {
    note('oracle', oracle);
    return { confirmed: true, labels: expected, first: first ?? oracle.run };
  };
  const known = restored.byFiles.get(key) ?? (restored.all === 'unfit' ? undefined : restored.all);
  if (known) return confirmed({ ...known, run: { ...known.run, wallMs: 0, cpuMs: 0 } });
  if (restored.all === undefined) {
    const everywhere = new Set(baseline.tests.map(({ file }) => file));
    const all = await lookCheaply(texts.clean, { files: [...everywhere] });
    restored.all = all && restores(all) ? all : 'unfit';
    if (restored.all !== 'unfit') return confirmed(restored.all);
    if (all) note('oracle', all);
  }
  let oracle = await look(texts.clean, covering);
  if (!restores(oracle) && oracle.level === 'hermetic') {
    note('oracle', oracle);
    oracle = await lookAnew(texts.clean, covering);
  }
  if (!restores(oracle)) {
    note('oracle', oracle);
    return { confirmed: false, fault: 'oracle', labels: expected };
  }
  restored.byFiles.set(key, oracle);
  return confirmed(oracle);
}

/** A run and what it says. */
export interface Look {
  level: string;
  run: SuiteRun;
  labels: Labels;
}

function restores({ labels }: Look): boolean {
  return labels.failToPass.length === 0 && labels.unlabelled.length === 0;
}

/** Completes a run of some test files: every test elsewhere is taken to do what it always did. */
export function assumeBaseline(
  baseline: Baseline,
  run: SuiteRun,
  ranFiles: ReadonlySet<string>,
): SuiteRun {
  return assumeUnselected(baseline, run, (test) => ranFiles.has(test.file));
}

/** As `assumeBaseline`, by test. */
export function assumeUnselected(
  baseline: Baseline,
  run: SuiteRun,
  isSelected: (test: Baseline['tests'][number]) => boolean,
): SuiteRun {
  const seen = new Set(run.results.map(({ id }) => id));
  const assumed = baseline.tests
    .filter((test) => !isSelected(test) && !seen.has(test.id) && test.status !== 'flaky')
    .map((test) => ({
      id: test.id,
      file: test.file,
      status: test.status as 'passed' | 'failed' | 'skipped',
      durationMs: 0,
    }));
  return { ...run, results: [...run.results, ...assumed] };
}
