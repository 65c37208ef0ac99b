// Confirms in forks taken where a new process would load the repository's first file, in a clean tree.
import type { SuiteRun, TestResult } from '../../core/schema/index.ts';
import type { PythonRecording, WarmEnd } from '../../core/schema/warm.ts';
import { ScreenCrash } from '../screen.ts';
import type { Confirmer } from '../screen.ts';
import type { ScreenerOptions } from '../screeners/kind.ts';
import type { SuiteHost } from '../suite.ts';
import { KeptRunner } from './runner.ts';

/**
 * Opens a confirmer over a sandbox of its own. Its runner has imported the framework alone and runs
 * nothing but forks; it is started anew, in a restored tree, whenever tests left something behind.
 */
export function openPythonConfirmer(
  host: SuiteHost,
  { document, unsafe }: Pick<PythonRecording, 'document' | 'unsafe'>,
  options: ScreenerOptions,
): Confirmer {
  const betrays = betrayalBy(unsafe, options);
  const runner = new KeptRunner(host, document, options, 'confirm');
  return {
    async run(files, { files: testFiles, chosen }, signal) {
      try {
        const greeting = await runner.greeting(signal);
        if (greeting.type === 'unusable' || !greeting.levels.reimport) return undefined;
        const { end, results } = await runner.ask(
          {
            id: 'confirmation',
            files: files.map(({ path, content }) => ({ path, content })),
            mode: 'hermetic',
            testFiles: [...testFiles],
            ...(chosen === undefined ? {} : { chosen }),
            limits: { hubShare: null },
          },
          signal,
        );
        return end.path === 'fresh' || results.some(betrays) ? undefined : toRun(end, results);
      } catch (error) {
        if (error instanceof ScreenCrash) return undefined;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}

/** What a warm run says in the words of ordinary ones. */
export function toRun(end: WarmEnd, results: TestResult[]): SuiteRun {
  return {
    outcome: end.stopped === 'hang' ? 'timed-out' : 'completed',
    results,
    collectionErrors: end.errors ?? [],
    exitCode: null,
    wallMs: end.wallMs,
    cpuMs: end.cpuMs,
    outputTail: '',
  };
}

/** Whether a result may come from the kind of process alone: an unsafe test does not what it always does. */
export function betrayalBy(
  unsafe: readonly string[],
  { baseline }: ScreenerOptions,
): (result: TestResult) => boolean {
  const odd = new Set(unsafe);
  const always = new Map(
    baseline.tests.filter(({ id }) => odd.has(id)).map(({ id, status }) => [id, status]),
  );
  return ({ id, status }) => odd.has(id) && always.get(id) !== status;
}
