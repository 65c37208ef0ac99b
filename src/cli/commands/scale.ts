// `swemint scale`: repositories in, verified tasks out.
import { SwemintError } from '../../core/errors.ts';
import { readRecords } from '../../pipelines/environment/records.ts';
import { parseSource } from '../../repo/parse-source.ts';
import { readInput } from '../../repo/read-input.ts';
import { defaultFolder } from '../default-folder.ts';
import { mint, readSettings } from '../minting.ts';
import type { MintingFlags } from '../minting.ts';
import { reportMinted } from '../report-minted.ts';

export async function scaleCommand(
  sources: readonly string[],
  flags: MintingFlags & { input?: string; environment?: string },
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
  const proved = flags.environment === undefined ? undefined : await readRecords(flags.environment);
  const folder = flags.out ?? defaultFolder(specs, flags.input);
  const minted = await mint(folder, specs, config, proved);
  await reportMinted(minted, { json: flags.json === true });
}
