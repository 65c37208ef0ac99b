// Judges candidates in forks, one after the other, and gives each a clean tree.
import type { Limits } from '../../core/sandbox.ts';
import type { JavascriptRecording } from '../../core/schema/index.ts';
import type { ChangedFile } from '../screen.ts';
import type { SuiteHost } from '../suite.ts';
import { ForkServer } from './fork-server.ts';
import type { ForkRun, ForkSettings } from './fork-server.ts';
import { openOriginals } from './originals.ts';
import { limitsFor } from './run-covering.ts';
import { runForked } from './run-forked.ts';

export interface ForkedCandidate {
  files: readonly ChangedFile[];
  hubLimit: number | undefined;
  /** Every test file in a process of its own, where the framework has it so. */
  alone?: boolean;
  signal: AbortSignal;
}

/** A fork server over a sandbox of its own, and the files that were seen to run well in its forks. */
export class ForkedFiles implements AsyncDisposable {
  readonly #host: SuiteHost & { limits: Limits };
  readonly #server: ForkServer;
  readonly #known: ReadonlySet<string>;
  readonly #original: (path: string) => Promise<string>;

  constructor(
    host: SuiteHost & { limits: Limits },
    forked: ForkSettings & Pick<NonNullable<JavascriptRecording['forked']>, 'files'>,
  ) {
    this.#host = host;
    this.#server = new ForkServer(host, forked);
    this.#known = new Set(forked.files.map(({ file }) => file));
    this.#original = openOriginals(host.sandbox);
  }

  /** Undefined when only a fresh process can tell. */
  async run(
    recording: JavascriptRecording,
    testFiles: readonly string[],
    candidate: ForkedCandidate,
  ): Promise<ForkRun | undefined> {
    const { files, signal, ...how } = candidate;
    if (!testFiles.every((file) => this.#known.has(file))) return undefined;
    const originals = await Promise.all(
      files.map(async ({ path }) => ({ path, content: await this.#original(path) })),
    );
    if (!(await this.#server.change(files, signal))) return undefined;
    const { timeoutMs = 0 } = limitsFor(recording, testFiles, this.#host.limits);
    const request = { files: testFiles, wallMs: timeoutMs, signal, ...how };
    const result = await runForked(this.#server, recording, request);
    await this.#server.revert(originals);
    return result;
  }

  /** Ends the server; the tree is as it was at first. */
  async close(): Promise<void> {
    await this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}
