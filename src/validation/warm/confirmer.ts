// Confirms in forks taken where a new process would load the repository's first file, in a clean tree.
import type { SuiteRun, TestResult } from '../../core/schema/index.ts';
import type { PythonRecording } from '../../core/schema/warm.ts';
import { ScreenCrash } from '../screen.ts';
import type { ChangedFile, Confirmer, Wanted } from '../screen.ts';
import type { ScreenerOptions } from '../screeners/kind.ts';
import type { SuiteHost } from '../suite.ts';
import { readAnswers, startRunner } from './runner.ts';
import type { Runner } from './runner.ts';

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
  let runner: Runner | undefined;
  const stop = async (): Promise<void> => {
    const old = runner;
    runner = undefined;
    await old?.[Symbol.asyncDispose]();
  };
  const start = async (): Promise<Runner> => {
    await host.sandbox.restore();
    runner = await startRunner(host, document, options, 'confirm');
    return runner;
  };

  const look = async (
    files: readonly ChangedFile[],
    { files: testFiles, chosen }: Wanted,
    signal: AbortSignal,
  ): Promise<SuiteRun | undefined> => {
    signal.throwIfAborted();
    const { conversation, greeting } = runner ?? (await start());
    if (greeting.type === 'unusable' || !greeting.levels.reimport) return undefined;
    const { end, results } = await readAnswers(
      conversation,
      {
        type: 'candidate',
        id: 'confirmation',
        files: files.map(({ path, content }) => ({ path, content })),
        mode: 'hermetic',
        testFiles: [...testFiles],
        ...(chosen === undefined ? {} : { chosen }),
        limits: { hubShare: null },
      },
      options,
    );
    if (end.altered !== undefined) await stop();
    if (end.path === 'fresh' || results.some(betrays)) return undefined;
    return {
      outcome: end.stopped === 'hang' ? 'timed-out' : 'completed',
      results,
      collectionErrors: end.errors ?? [],
      exitCode: null,
      wallMs: end.wallMs,
      cpuMs: end.cpuMs,
      outputTail: '',
    };
  };

  return {
    async run(files, tests, signal) {
      const onAbort = (): void => void stop();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await look(files, tests, signal);
      } catch (error) {
        await stop();
        signal.throwIfAborted();
        if (error instanceof ScreenCrash) return undefined;
        throw error;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    [Symbol.asyncDispose]: stop,
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
