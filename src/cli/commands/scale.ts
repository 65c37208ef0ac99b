// `swemint scale`: repositories in, verified tasks out.
import { basename, join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import { shortHash } from '../../core/ids.ts';
import type { SourceSpec } from '../../core/schema/index.ts';
import { parseSource, renderSource } from '../../repo/parse-source.ts';
import { readInput } from '../../repo/read-input.ts';
import { mint, readSettings } from '../minting.ts';
import type { MintingFlags } from '../minting.ts';
import { reportMinted } from '../report-minted.ts';

export async function scaleCommand(
  sources: readonly string[],
  flags: MintingFlags & { input?: string },
): Promise<void> {
  const config = await readSettings(flags);
  const specs = [
    ...sources.map((source) => parseSource(source)),
    ...(flags.input === undefined ? [] : await readInput(flags.input)),
  ];
  if (specs.length === 0) {
    throw new SwemintError('no-source', 'No repository was given.', {
      hint: 'For example: swemint scale ./my-repo, swemint scale pypi:tomli, or swemint scale --input repos.jsonl',
    });
  }
  const minted = await mint(flags.out ?? defaultFolder(specs, flags.input), specs, config);
  await reportMinted(minted, { json: flags.json === true });
}

/** The same sources land in the same folder, so that the same command continues. */
function defaultFolder(specs: readonly SourceSpec[], input: string | undefined): string {
  const [first] = specs;
  const name =
    specs.length === 1 && first
      ? `${readableName(first)}-${shortHash(renderSource(first))}`
      : `${input === undefined ? 'several' : basename(input, '.jsonl')}-${shortHash(...specs.map(renderSource))}`;
  return join('swemint-runs', name);
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
