// `swemint demo`: the whole way on the bundled examples, with one task to look at in the end.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectMachine } from '../../repo/machine.ts';
import { mint, readSettings } from '../minting.ts';
import type { MintingFlags } from '../minting.ts';
import { reportMinted } from '../report-minted.ts';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** Enough to be interesting, few enough for a minute on two cores. */
const demoCandidates = 24;
const demoAudit = 6;

export async function demoCommand(flags: MintingFlags): Promise<void> {
  const config = await readSettings({
    ...flags,
    maxCandidates: flags.maxCandidates ?? demoCandidates,
    set: [`audit.minimum=${demoAudit}`, ...(flags.set ?? [])],
  });
  const python = await inspectMachine().find('python3');
  if (!python) {
    process.stderr.write(
      'python3 was not found, so the Python example is left out. Install Python 3.9 or later to see it too.\n',
    );
  }
  const names = python ? ['python', 'typescript'] : ['typescript'];
  const sources = names.map((name) => ({
    kind: 'folder' as const,
    location: join(examples, name),
  }));
  const minted = await mint(flags.out ?? join('swemint-runs', 'demo'), sources, config);
  await reportMinted(minted, { json: flags.json === true, showTask: true });
  if (flags.json !== true && minted.dataset) {
    process.stdout.write('Mint your own:    swemint scale ./my-repo\n');
  }
}
