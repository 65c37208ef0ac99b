// What a screen needs to know before it can look: a recording, made once per environment.
import type { Limits } from '../../core/sandbox.ts';
import type { Baseline } from '../../core/schema/index.ts';
import type { Confirmer, Screener } from '../screen.ts';
import type { SuiteHost } from '../suite.ts';

export interface ScreenerOptions {
  baseline: Baseline;
  /** Of one run of the whole suite. */
  limits: Limits;
  signal: AbortSignal;
}

/** One way to look cheaply: its recording is text that the caller keeps and hands back. */
export interface ScreenerKind {
  /** Names what its recordings hold; those made under another name cannot be read and are made anew. */
  format: string;
  /**
   * Learns what each test reaches. `usable: false` says in one sentence why this environment has to
   * be judged the full way; `advice` says in one what would make the screen faster.
   */
  record(
    host: SuiteHost,
    options: ScreenerOptions,
  ): Promise<
    { usable: true; recording: string; advice?: string } | { usable: false; because: string }
  >;
  /** Opens a screen over a sandbox of its own; the caller disposes of both. */
  open(host: SuiteHost, recording: string, options: ScreenerOptions): Promise<Screener>;
  /** A cheaper equal of a new process, over a sandbox of its own, where there is one. */
  openConfirmer?(
    host: SuiteHost,
    recording: string,
    options: ScreenerOptions,
  ): Confirmer | undefined;
}
