// Confirms in forks taken before the first file of the repository was loaded, in a clean tree.
import type { JavascriptRecording } from '../../core/schema/index.ts';
import type { Confirmer } from '../screen.ts';
import type { ScreenerOptions } from '../screeners/kind.ts';
import type { SuiteHost } from '../suite.ts';
import { ForkedFiles } from './forked-files.ts';

/** Over a sandbox of its own; undefined where forks are out of the question. */
export function openJavascriptConfirmer(
  host: SuiteHost,
  recording: JavascriptRecording,
  { limits }: ScreenerOptions,
): Confirmer | undefined {
  if (recording.forked === null) return undefined;
  const forks = new ForkedFiles({ ...host, limits }, recording.forked);
  return {
    async run(files, tests, signal) {
      const candidate = { files, hubLimit: undefined, alone: true, signal };
      return (await forks.run(recording, tests.files, candidate))?.run;
    },
    [Symbol.asyncDispose]: () => forks[Symbol.asyncDispose](),
  };
}
