// Measures how fast entities are found and mutants are made: `node bench/candidates.ts [folder]`.
// Without a folder it reads the standard library of the `python3` on the PATH.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { languages } from '../src/languages/registry.ts';
import { scanSource } from '../src/languages/scan.ts';
import { openSyntax } from '../src/languages/syntax.ts';
import { generateCandidates } from '../src/strategies/procedural.ts';
import { listSources } from '../src/strategies/procedural-files.ts';

const goals = { linesPerSecond: 100_000, mutantsPerSecond: 2_000, memoryMb: 300 };
const wanted = 100_000;

const phases: Readonly<Record<string, () => Promise<void>>> = {
  entities,
  published: () => mutants('published settings, one mutant per entity and mutator', {}),
  many: () => mutants(`up to ${wanted} mutants, six per entity and mutator`, { perEntity: 6 }),
};
const root = process.argv[2] ?? standardLibrary();
const phase = phases[process.argv[3] ?? ''];
if (phase) await phase();
else {
  console.log(`folder              ${root}`);
  // Each in a process of its own: memory that one has used is not the next one's.
  for (const name of Object.keys(phases)) {
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), root, name], {
      stdio: 'inherit',
    });
  }
}

function standardLibrary(): string {
  const code = 'import sysconfig; print(sysconfig.get_paths()["stdlib"])';
  return execFileSync('python3', ['-c', code], { encoding: 'utf8' }).trim();
}

/** CPU seconds of this process since `from`, all threads together. */
function cpuSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

/** Parsing, queries, complexity and stored form of every function and class; texts are read before. */
async function entities(): Promise<void> {
  const all = await languages.loadAll();
  const texts = [];
  for (const file of await listSources({ root }, all)) {
    const text = (await readFile(file.location)).toString('utf8');
    texts.push({ text, path: file.path, syntax: await openSyntax(file.language) });
  }
  const lines = texts.reduce((sum, { text }) => sum + text.split('\n').length, 0);
  let found = 0;
  const from = process.cpuUsage();
  for (const { text, path, syntax } of texts) {
    using scan = scanSource(syntax, path, text);
    for (const { ref } of scan.entities) if (ref.complexity > 0) found += 1;
  }
  const seconds = cpuSince(from);
  report(
    'entities',
    `${found} in ${lines} lines of ${texts.length} files, ${seconds.toFixed(1)} CPU s`,
  );
  report('lines per CPU s', compare(lines / seconds, goals.linesPerSecond));
}

/** From files on disk to finished candidates with patch and explanation. */
async function mutants(title: string, options: { perEntity?: number }): Promise<void> {
  let [made, peak] = [0, 0];
  const from = process.cpuUsage();
  for await (const one of generateCandidates({ root, seed: 24, ...options }).candidates) {
    made += one.patch === '' ? 0 : 1;
    if (made % 1000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    if (made === wanted) break;
  }
  const seconds = cpuSince(from);
  console.log(`\n${title}`);
  report('mutants', `${made} in ${seconds.toFixed(1)} CPU s`);
  report('mutants per CPU s', compare(made / seconds, goals.mutantsPerSecond));
  report('peak memory', `${(peak / 1e6).toFixed(0)} MB (goal: below ${goals.memoryMb})`);
}

function report(name: string, value: string): void {
  console.log(`${name.padEnd(20)}${value}`);
}

function compare(value: number, goal: number): string {
  return `${Math.round(value).toLocaleString('en')} (goal: ${goal.toLocaleString('en')})`;
}
