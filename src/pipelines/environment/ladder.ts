// Climbs a ladder of environments to try, best first, until one is good; says why when none will do.
import { SwemintError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import type { EnvironmentSpec } from '../../core/schema/index.ts';

/** An attempt at or above this share of passing tests, with every file loaded, ends the climb. */
const goodShare = 0.9;

export interface Attempt {
  spec: EnvironmentSpec;
  passing: number;
  good: boolean;
}

export interface FailedAttempt {
  recipe: string;
  framework: string;
  code: string;
  /** A clause without capital and full stop. */
  detail: string;
  output: string;
}

export interface Climb<Done extends Attempt> {
  /** The first good attempt, else the one with most passing tests. */
  best: Done | undefined;
  failures: FailedAttempt[];
  /** What was tried last, and so what the folder holds. */
  last: EnvironmentSpec | undefined;
}

/** Tries each environment in turn. What fails is a warning; what `attempt` throws ends the climb. */
export async function climbLadder<Done extends Attempt>(
  specs: readonly EnvironmentSpec[],
  attempt: (spec: EnvironmentSpec) => Promise<Done | FailedAttempt>,
  { emit, signal }: { emit: Emit; signal: AbortSignal },
): Promise<Climb<Done>> {
  const failures: FailedAttempt[] = [];
  let best: Done | undefined;
  let last: EnvironmentSpec | undefined;
  for (const spec of specs) {
    signal.throwIfAborted();
    last = spec;
    const result = await attempt(spec);
    if ('code' in result) {
      failures.push(result);
      emit({
        type: 'warning',
        code: 'recipe-failed',
        message: `The recipe ${result.recipe} with ${result.framework} did not work: ${result.detail}.`,
      });
      continue;
    }
    if (!best || result.passing > best.passing) best = result;
    if (result.good) break;
  }
  return { best, failures, last };
}

/** Whether an attempt is so good that no other needs to be tried. */
export function isGood(passing: number, tests: number, collectionErrors: number): boolean {
  return collectionErrors === 0 && passing >= goodShare * tests;
}

const hints: Record<string, string> = {
  'no-tests':
    'swemint needs a suite that one of its frameworks can run; `swemint frameworks` lists them.',
  'collection-failed':
    'Make the suite load first: run it by hand in a fresh checkout, or give install_script and test_script with --input.',
  'all-tests-fail':
    'Make some tests pass first: run the suite by hand in a fresh checkout, or give install_script and test_script with --input.',
  'timed-out':
    'Raise the limit with --set limits.baseline=SECONDS, or select fewer tests in the repository’s configuration.',
  'suite-crashed': 'Run the suite by hand in a fresh checkout to see why it stops.',
  'install-failed':
    'Give working commands with --input (install_script, test_script), or install what the message names.',
};

/** The attempt that came furthest tells most: a suite that ran beats one that was never installed. */
const telling = [
  'all-tests-fail',
  'timed-out',
  'suite-crashed',
  'collection-failed',
  'no-tests',
  'install-failed',
];

/** The error of a climb that came to nothing, told by its most telling attempt. */
export function explainFailures(name: string, failures: readonly FailedAttempt[]): SwemintError {
  const [worst] = failures.toSorted((a, b) => telling.indexOf(a.code) - telling.indexOf(b.code));
  if (!worst) throw new Error('A ladder without attempts has been explained before.');
  const output = worst.output.trim().split('\n').slice(-12).join('\n');
  return new SwemintError(
    worst.code,
    `${name} has no usable test environment: ${worst.detail} (${worst.framework}, ${worst.recipe}).${output === '' ? '' : `\n${output}`}`,
    { hint: hints[worst.code] ?? 'Run the suite by hand in a fresh checkout.' },
  );
}
