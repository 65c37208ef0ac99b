// Copies the published archive of an npm package.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import type { SourceSpec } from '../core/schema/index.ts';
import { runProgram } from '../lib/process.ts';
import { unpackArchive } from './archive.ts';
import type { CopiedSource, CopyContext } from './source-copy.ts';

/** Fetches the archive with npm itself, so that the user's registry and rights apply; no script of it runs. */
export async function copyNpm(spec: SourceSpec, context: CopyContext): Promise<CopiedSource> {
  const { scratch, signal, into } = context;
  const wanted = spec.revision === undefined ? spec.location : `${spec.location}@${spec.revision}`;
  const packed = await runProgram(
    'npm',
    [
      'pack',
      '--ignore-scripts',
      '--json',
      '--loglevel=error',
      '--pack-destination',
      scratch,
      '--',
      wanted,
    ],
    { cwd: scratch, signal, timeoutMs: 300_000 },
  );
  if (packed.exitCode !== 0) throw npmFailure(wanted, `${packed.stderr}\n${packed.stdout}`);
  const archive = (await readdir(scratch)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw npmFailure(wanted, 'npm wrote no archive');
  await unpackArchive(join(scratch, archive), into);
  return {
    revision: versionOf(packed.stdout) ?? spec.revision ?? 'unknown',
    origin: undefined,
    folderName: spec.location,
  };
}

function versionOf(output: string): string | undefined {
  return /"version":\s*"([^"]+)"/.exec(output)?.[1];
}

function npmFailure(wanted: string, output: string): SwemintError {
  if (/\bE404\b|\bETARGET\b|notarget|404 Not Found/.test(output)) {
    return new SwemintError('no-such-package', `npm knows no package ${wanted}.`, {
      hint: `Check the name and version with npm view ${wanted}.`,
    });
  }
  const line = /npm (?:error|ERR!) (?!code|A complete|errno|syscall)(.+)/.exec(output)?.[1];
  return new SwemintError(
    'cannot-fetch',
    `npm could not fetch ${wanted}: ${line ?? 'it gave no reason'}.`,
    {
      hint: 'Check your network and npm’s registry setting.',
    },
  );
}
