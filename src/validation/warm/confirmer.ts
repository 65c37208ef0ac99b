// Confirms in forks taken where a new process would load the repository's first file, in a clean tree.
import type { SuiteRun } from '../../core/schema/index.ts';
import type { WarmRecording } from '../../core/schema/warm.ts';
import { ScreenCrash } from '../screen.ts';
import type { ChangedFile, Confirmer } from '../screen.ts';
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
  document: WarmRecording,
  options: ScreenerOptions,
): Confirmer {
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
    testFiles: readonly string[],
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
        limits: { hubShare: null },
      },
      options,
    );
    if (end.altered !== undefined) await stop();
    if (end.path === 'fresh') return undefined;
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
    async run(files, testFiles, signal) {
      const onAbort = (): void => void stop();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await look(files, testFiles, signal);
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
