// Names the folder of a run by what goes into it, so that the same command continues.
import { basename, join } from 'node:path';
import { shortHash } from '../core/ids.ts';
import type { SourceSpec } from '../core/schema/index.ts';
import { renderSource } from '../repo/parse-source.ts';

/** Where runs are kept when no folder is named. */
export const runsFolder = 'swemint-runs';

/** The same sources land in the same folder. `prefix` keeps the runs of commands apart. */
export function defaultFolder(
  specs: readonly SourceSpec[],
  input: string | undefined,
  prefix = '',
): string {
  const [first] = specs;
  const name =
    specs.length === 1 && first
      ? `${readableName(first)}-${shortHash(renderSource(first))}`
      : `${input === undefined ? 'several' : basename(input, '.jsonl')}-${shortHash(...specs.map(renderSource))}`;
  return join(runsFolder, `${prefix}${name}`);
}

function readableName({ name, location }: SourceSpec): string {
  const last =
    (name ?? location)
      .replace(/\/+$/, '')
      .replace(/\.git$/, '')
      .split(/[/:]/)
      .at(-1) ?? '';
  return last.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'repository';
}
