// Mints from published packages that we did not write, and writes the yields beside the paper's.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { paperTotal, paperYields } from '../src/stats/paper-yields.ts';
import { report } from '../src/stats/report.ts';
import type { Report } from '../src/stats/report.ts';
import { startCommandLine } from '../src/testing/command-line.ts';

const packages = [
  'pypi:markupsafe==3.0.2',
  'pypi:click==8.1.8',
  'pypi:sqlparse==0.5.3',
  'pypi:tinydb==4.8.2',
  'pypi:jinja2==3.1.6',
  'npm:find-my-way@9.3.0',
  'npm:light-my-request@6.6.0',
  'npm:secure-json-parse@4.0.0',
  'npm:process-warning@5.0.0',
  'npm:fast-uri@3.0.6',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'swemint-runs/real' },
    'max-candidates': { type: 'string', default: '60' },
    document: { type: 'string', default: 'docs/yields.md' },
  },
});
const sources = positionals.length > 0 ? positionals : packages;

interface Minted {
  source: string;
  report: Report | undefined;
  problem: string | undefined;
}

async function mintOne(source: string): Promise<Minted> {
  const folder = join(values.out, source.replaceAll(/[^\w.-]+/g, '-'));
  await mkdir(values.out, { recursive: true });
  const { child, result: end } = startCommandLine(
    ['scale', source, '--out', folder, '--max-candidates', values['max-candidates'], '--json'],
    process.cwd(),
  );
  child.stderr?.pipe(process.stderr, { end: false });
  const result = await end;
  if (result.exitCode !== 0) {
    const { error } = JSON.parse(result.stdout) as { error: { message: string } };
    return { source, report: undefined, problem: error.message.split('\n')[0] };
  }
  const text = await readFile(join(folder, 'report.json'), 'utf8');
  return { source, report: report.parse(JSON.parse(text)), problem: undefined };
}

function renderDocument(all: readonly Minted[]): string {
  return `# Yields on published packages

Made by \`npm run mint:real\`: ${values['max-candidates']} candidates a package, drawn evenly, seed 24, mode \`fast\`. Yield is kept of judged candidates; *audit* is the sample judged again by whole fresh runs. The paper's column is Table 11 of SWE-smith (2504.21798), 128 Python repositories.

## Packages

${renderPackages(all)}

## Mutators

${renderMutators(all)}

## Why the figures differ from the paper's

- **Python against Python only.** The paper's modifiers were run on Python. Our JavaScript figures have no counterpart there.
- **What counts.** SWE-smith ignores tests that vanish or error under a bug; here they count as failing, with their kind, so import-breaking removals are kept that the paper loses. In the other direction, a task here needs three runs that fail the same tests, a fix that restores all of them, and (in mode \`fast\`) must fail no more than a quarter of the suite: \`breaks-too-much\` candidates are tasks in the paper's count.
- **What is made.** Mutants that cannot change behaviour (the same operator drawn again, comments only, mirrored comparisons, shuffles into the same order) are not made here, while they lower the paper's yield; \`class_shuffle_funcs\` (1.9 % there) is the plainest case.
- **Which repositories.** These packages are small and well tested, which raises every yield; the samples per mutator are small as well, so single rows wander by tens of points.
`;
}

function renderPackages(all: readonly Minted[]): string {
  const rows = all.map(({ source, report: figures, problem }) => {
    const repository = figures?.repositories[0];
    if (!figures || !repository) return `| ${source} | | | | | ${problem ?? ''} |`;
    const { total, cost, audit } = figures;
    const cpu = cost.cpuSecondsPerCandidate?.toFixed(2) ?? '–';
    const checked = audit ? `${audit.sampled - audit.disagreements} of ${audit.sampled}` : '–';
    return `| ${source} | ${repository.framework} | ${repository.tests} | ${total.kept} of ${total.judged} (${percent(total.yield)}) | ${cpu} s | ${checked} |`;
  });
  return `| Package | Framework | Tests | Kept | CPU per candidate | Audit agrees |\n|---|---|---:|---:|---:|---|\n${rows.join('\n')}`;
}

function renderMutators(all: readonly Minted[]): string {
  const known = all.flatMap(({ report: figures }) => (figures ? [figures] : []));
  const names = [
    ...new Set(known.flatMap(({ mutators }) => mutators.map(({ mutator }) => mutator))),
  ].toSorted();
  const rows = names.map((name) => {
    const of = (python: boolean) =>
      count(
        known.filter((figures) => isPython(figures) === python),
        name,
      );
    return `| \`${name}\` | ${of(true)} | ${of(false)} | ${percent(paperYields[name]?.yield ?? null)} |`;
  });
  const total = (python: boolean) => count(known.filter((figures) => isPython(figures) === python));
  rows.push(`| **all** | ${total(true)} | ${total(false)} | ${percent(paperTotal.yield)} |`);
  return `| Mutator | Python | JavaScript | SWE-smith |\n|---|---:|---:|---:|\n${rows.join('\n')}`;
}

const isPython = (figures: Report): boolean => figures.repositories[0]?.language === 'python';

function count(reports: readonly Report[], name?: string): string {
  const rows = reports.flatMap(({ mutators }) =>
    mutators.filter(({ mutator }) => name === undefined || mutator === name),
  );
  const judged = rows.reduce((sum, row) => sum + row.judged, 0);
  const kept = rows.reduce((sum, row) => sum + row.kept, 0);
  return judged === 0 ? '–' : `${kept} of ${judged} (${percent(kept / judged)})`;
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}

const minted: Minted[] = [];
for (const source of sources) {
  process.stderr.write(`\n== ${source}\n`);
  minted.push(await mintOne(source));
  await writeFile(values.document, renderDocument(minted));
}
if (minted.every(({ report: figures }) => figures === undefined)) process.exitCode = 1;
