// Renders what bench/validate.ts has measured as docs/speed.md.

/** Figures of one repository; times are CPU milliseconds per candidate, of the whole process tree. */
export interface RepositorySpeed {
  source: string;
  tests: number;
  /** False when its suite could not be screened. */
  screened: boolean;
  candidates: number;
  kept: number;
  /** Candidates about which full runs contradict each other; the counts of right answers leave them out. */
  unstable: number;
  /** Whole suite, fresh process, once. */
  fullMs: number;
  screenMeanMs: number;
  screenMedianMs: number;
  /** Screen, confirmations and oracle together. */
  pipelineMs: number;
  /** Median over candidates of full over screen; a screen that ran nothing counts as 1 ms. */
  gainMedian: number;
  /** Null when nothing was swapped. */
  swapMedianMs: number | null;
  /** Of each swap, where the runner could tell: what is beyond the tests' own time. */
  swapOverheadsMs: number[];
  /** How many candidates went which way at first. */
  levels: Record<string, number>;
  /** Mean CPU per candidate by purpose and level of the run, e.g. `repeat hermetic`. */
  parts: Record<string, number>;
  recordingSeconds: number;
  /** Verdicts that a full run contradicts. */
  differences: string[];
  /** Candidates about which the screen made a claim, and claims that a full run contradicts. */
  screenClaims: number;
  screenDifferences: string[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

const sum = (all: readonly RepositorySpeed[], pick: (one: RepositorySpeed) => number): number =>
  all.reduce((total, one) => total + pick(one), 0);

export function renderSpeed(all: readonly RepositorySpeed[], wanted: number): string {
  const groups = [
    ['Python', all.filter(({ source }) => source.startsWith('pypi:'))],
    ['Python, suites of at least 5 s', all.filter(isLongPython)],
    ['JavaScript', all.filter(({ source }) => source.startsWith('npm:'))],
  ] as const;
  const swaps = all.flatMap((one) => one.swapOverheadsMs);
  const unstable = sum(all, (one) => one.unstable);
  const candidates = sum(all, (one) => one.candidates) - unstable;
  const kept = sum(all, (one) => one.kept);
  const wrong = sum(all, (one) => one.differences.length);
  const claims = sum(all, (one) => one.screenClaims);
  const wrongClaims = sum(all, (one) => one.screenDifferences.length);
  return `# Speed

What mode \`fast\` saves, measured by \`node bench/validate.ts\`: at most ${wanted} candidates a repository, drawn evenly, seed 24. For every candidate the whole suite runs once in a fresh process and a clean copy (the leanest form of the usual protocol: no container, no repeats), and mode \`fast\` judges it as \`swemint scale\` does. Both ways in one run, CPU time of the whole process tree.

| Geometric mean | screen, mean | screen, median | whole way |
|---|---:|---:|---:|
${groups.flatMap(([name, group]) => (group.length === 0 ? [] : [renderGroup(name, group)])).join('\n')}

*Screen*: one full run over the first look. *Whole way*: one full run over everything mode \`fast\` spends on a candidate until it is rejected or a task: the screen, the confirmations and the run with the fix.

| Repository | Tests | Full run | Screen mean / median | Gain mean / median | Whole way | Right verdicts | First looks |
|---|---:|---:|---:|---:|---:|---:|---|
${all.map(renderRepository).join('\n')}

- **Verdicts**: that of mode \`fast\` was that of the full run for ${candidates - wrong} of ${candidates} candidates, of which ${kept} were kept.
- **Screens alone**, before any confirmation: ${claims - wrongClaims} of ${claims} claims (${((100 * (claims - wrongClaims)) / Math.max(1, claims)).toFixed(2)} %) were right; about the other ${candidates - claims} candidates they made none.
${unstable === 0 ? '' : `- **Not counted**: ${unstable === 1 ? 'one candidate' : `${unstable} candidates`} about which both ways differed and further full runs differ from the first one too, e.g. where tests draw random numbers. Nothing can be right about that; repeats are there to find it.\n`}${renderDifferences('Wrong verdicts', all, (one) => one.differences)}${renderDifferences('Wrong claims of screens', all, (one) => one.screenDifferences)}
## Where the time goes

CPU milliseconds per candidate, mean over all candidates of a repository, rejected ones included. *Swap*: what the median swap costs, covering tests included, and what the median swap costs beyond the time inside those tests and their fixtures${swaps.length === 0 ? '' : `; of all ${swaps.length} swaps the median is ${median(swaps).toFixed(1)} ms`}.

| Repository | Screen | Repeats | With the fix | Swap, median / beyond its tests | Recording, once |
|---|---:|---:|---:|---:|---:|
${all.map(renderParts).join('\n')}

## How

- **Python.** A warm process has imported and collected the suite. What a candidate changes is found by comparing compiled code objects. Bodies of functions are swapped into a fork, which runs only the tests that execute the changed lines (\`swap\`), puts back what those tests always leave in memory, checks that by identity and takes the next candidate; anything else is imported anew in a fork that knows the framework and third-party packages only, with the test files whose imports reach the change (\`reimport\`), or with the tests among them that can notice it where importing left everything else in memory as it is without the change. \`uncovered\` and \`free\` cost nothing. Whatever is suspicious goes the full way.
- **JavaScript.** Only the test files whose recorded coverage meets the change run: in forks of a Node that has loaded the suite's dependencies and nothing of the repository (\`reimport\`), or in a fresh process (\`coverage\`). Kept candidates are confirmed in such forks, in a clean tree, each test file in one of its own where the framework gives it a process of its own.
- **Kept candidates** are confirmed; the screen alone never makes a task. For Python, the tests that reach the change run in a clean tree, in a process forked where a new one is about to load the repository's first file: it has loaded the framework, its plug-ins and Python's own library, nothing else, and every run starts from that point (\`hermetic\`). That such runs see what new processes see is checked for the whole suite when the recording is made; where it does not hold, and with \`--confirm fresh\`, they are new processes. The covering tests then run once more as the screen ran them. The run with the fix is that of the clean tree, byte for byte, so all test files run once there for all candidates; where they do not give together what the baseline says, once for each set of test files.
- **Audit**: a random sample of all candidates, kept and rejected, is judged again the full way in every run, and the rate is in the report.

## What the limit is

A swap costs the swap itself and the covering tests' own time, and a fork where the one before left something unusual behind; nothing can be cheaper without running fewer tests. Where a candidate's tests are most of the suite, screen and confirmations run most of the suite, and the gain is what a new process costs to start, import and collect. Packages whose \`__init__\` imports everything make every \`reimport\` run nearly all test files; state that a candidate leaves behind where none was expected makes the whole suite run once more in a child (\`suite\`).
`;
}

const isLongPython = ({ source, fullMs }: RepositorySpeed): boolean =>
  source.startsWith('pypi:') && fullMs >= 5000;

function renderGroup(name: string, group: readonly RepositorySpeed[]): string {
  const mean = (pick: (one: RepositorySpeed) => number): string =>
    gain(geometricMean(group.map(pick)));
  return `| ${name} (${group.length}) | ${mean((one) => one.fullMs / one.screenMeanMs)} | ${mean((one) => one.gainMedian)} | ${mean((one) => one.fullMs / one.pipelineMs)} |`;
}

function renderRepository(one: RepositorySpeed): string {
  const levels = Object.entries(one.levels)
    .toSorted(([, a], [, b]) => b - a)
    .map(([level, count]) => `${count} ${level}`)
    .join(', ');
  return `| ${one.source} | ${one.tests} | ${time(one.fullMs)} | ${time(one.screenMeanMs)} / ${time(one.screenMedianMs)} | ${gain(one.fullMs / one.screenMeanMs)} / ${gain(one.gainMedian)} | ${gain(one.fullMs / one.pipelineMs)} | ${one.candidates - one.unstable - one.differences.length} of ${one.candidates - one.unstable} | ${levels} |`;
}

function renderParts(one: RepositorySpeed): string {
  const of = (purpose: string): string =>
    time(
      Object.entries(one.parts)
        .filter(([part]) => part.startsWith(`${purpose} `))
        .reduce((total, [, ms]) => total + ms, 0),
    );
  // Where the run went on with an old recording, nobody measured it.
  const recording = one.recordingSeconds < 1 ? '–' : `${one.recordingSeconds.toFixed(0)} s`;
  const beyond = one.swapOverheadsMs.length === 0 ? null : median(one.swapOverheadsMs);
  const swap = `${orDash(one.swapMedianMs)} / ${orDash(beyond)}`;
  return `| ${one.source} | ${of('screen')} | ${of('repeat')} | ${of('oracle')} | ${swap} | ${recording} |`;
}

function renderDifferences(
  title: string,
  all: readonly RepositorySpeed[],
  pick: (one: RepositorySpeed) => readonly string[],
): string {
  const lines = all.flatMap((one) => pick(one).map((text) => `  - ${one.source}: ${text}`));
  return lines.length === 0 ? '' : `- ${title}:\n${lines.join('\n')}\n`;
}

const time = (ms: number): string =>
  ms < 100 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
const orDash = (ms: number | null): string => (ms === null ? '–' : time(ms));
const gain = (ratio: number): string => `${ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0)}×`;
