// Runs a part of the suite while every process of it notes what it executes, and gathers the notes.
import { posix } from 'node:path';
import { z } from 'zod';
import type { SuiteSelection } from '../../core/framework.ts';
import { SwemintError } from '../../core/errors.ts';
import type { Limits } from '../../core/sandbox.ts';
import { recordedModule } from '../../core/schema/index.ts';
import type { SuiteRun } from '../../core/schema/index.ts';
import { layout, runSuite } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';

const collected = z.object({
  modules: z.record(z.string(), recordedModule),
  reads: z.array(z.string()),
  /** Processes and threads that began, and those that were there to write their notes at the end. */
  started: z.number(),
  ended: z.number(),
  /** Processes of Node and threads that were started. */
  programs: z.number(),
  workers: z.number(),
  /** Other programs. */
  foreign: z.array(z.string()),
  /** Code outside of dependencies looked at the text of a function. */
  functionText: z.boolean(),
  /** Modules of dependencies, repository-relative in the order of loading, and of Node. */
  required: z.array(z.string()),
  imported: z.array(z.string()),
  builtins: z.array(z.string()),
  problems: z.array(z.string()),
});
export type Collected = z.infer<typeof collected>;

export interface CollectOptions {
  selection?: SuiteSelection;
  /** The test file on whose behalf everything runs; absent where each process knows its own. */
  owner?: string;
  /** Tells test files apart by the report that their common process writes. */
  inOrder?: boolean;
  limits: Limits;
  signal: AbortSignal;
}

const folder = 'coverage';

/** Starts from a clean tree. The notes come by test file; `''` holds what belongs to none. */
export async function runRecorded(
  host: SuiteHost,
  options: CollectOptions,
): Promise<{ run: SuiteRun; notes: Map<string, Collected> }> {
  const { sandbox, framework, spec } = host;
  await sandbox.restore();
  const notesPath = posix.join(sandbox.root, folder);
  const root = posix.join(sandbox.root, layout.repository);
  const runners = posix.join(sandbox.root, layout.runners, 'javascript');
  await sandbox.write(`${folder}/.begun`, '');
  const preload = `--require=${posix.join(runners, 'coverage.cjs')}`;
  const recorded: SuiteHost = {
    ...host,
    framework: {
      ...framework,
      command: (request) => {
        const command = framework.command(request);
        const nodeOptions = command.env['NODE_OPTIONS'] ?? spec.env['NODE_OPTIONS'] ?? '';
        return {
          ...command,
          env: {
            ...command.env,
            NODE_OPTIONS: `${nodeOptions} ${preload}`.trim(),
            SWEMINT_COVERAGE: notesPath,
            SWEMINT_COVERAGE_ROOT: root,
            ...(options.inOrder === true ? { SWEMINT_COVERAGE_ORDER: '1' } : {}),
            ...(options.owner === undefined
              ? { SWEMINT_COVERAGE_EACH: '1' }
              : { SWEMINT_COVERAGE_OWNER: options.owner }),
          },
        };
      },
    },
  };
  const { selection, limits, signal } = options;
  const run = await runSuite(recorded, {
    ...(selection === undefined ? {} : { selection }),
    limits,
    signal,
  });
  const output = posix.join(notesPath, 'notes.json');
  const gathered = await sandbox.exec({
    argv: ['node', posix.join(runners, 'coverage-collect.mjs'), notesPath, root, output],
    signal,
  });
  signal.throwIfAborted();
  if (gathered.exitCode !== 0) {
    throw new SwemintError(
      'recording-failed',
      `What the tests execute could not be gathered: ${gathered.stderr.trim().slice(-500)}`,
      { hint: 'Use --mode full, which needs no recording.' },
    );
  }
  const text = new TextDecoder().decode(await sandbox.read(output));
  const document = z.record(z.string(), collected).parse(JSON.parse(text));
  return { run, notes: new Map(Object.entries(document)) };
}
