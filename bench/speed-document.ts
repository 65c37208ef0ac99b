// Renders what bench/validate.ts has measured as docs/speed.md.

/** Figures of one repository; times are CPU milliseconds per candidate, of the whole process tree. */
export interface RepositorySpeed {
  source: string;
  tests: number;
  /** False when its suite could not be screened. */
  screened: boolean;
  candidates: number;
  kept: number;
  /** Whole suite, fresh process, once. */
  fullMs: number;
  screenMeanMs: number;
  screenMedianMs: number;
  /** Screen, confirmations and oracle together. */
  pipelineMs: number;
  /** Median over candidates of full over screen; a screen that ran nothing counts as 1 ms. */
  gainMedian: number;
  levels: Record<string, number>;
  recordingSeconds: number;
  differences: string[];
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

export function renderSpeed(all: readonly RepositorySpeed[], wanted: number): string {
  const rows = all.map((one) => {
    const levels = Object.entries(one.levels)
      .toSorted(([, a], [, b]) => b - a)
      .map(([level, count]) => `${count} ${level}`)
      .join(', ');
    return `| ${one.source} | ${one.tests} | ${seconds(one.fullMs)} | ${seconds(one.screenMeanMs)} / ${seconds(one.screenMedianMs)} | ${gain(one.fullMs / one.screenMeanMs)} / ${gain(one.gainMedian)} | ${gain(one.fullMs / one.pipelineMs)} | ${one.candidates - one.differences.length} of ${one.candidates} | ${levels} |`;
  });
  const candidates = all.reduce((sum, one) => sum + one.candidates, 0);
  const differences = all.flatMap((one) =>
    one.differences.map((text) => `- ${one.source}: ${text}`),
  );
  const groups = [
    ['Python', all.filter(({ source }) => source.startsWith('pypi:'))],
    ['JavaScript', all.filter(({ source }) => source.startsWith('npm:'))],
    ['suites of at least 5 s', all.filter(({ fullMs }) => fullMs >= 5000)],
  ] as const;
  const means = groups
    .filter(([, group]) => group.length > 0)
    .map(
      ([name, group]) =>
        `| ${name} (${group.length}) | ${gain(geometricMean(group.map((one) => one.fullMs / one.screenMeanMs)))} | ${gain(geometricMean(group.map((one) => one.gainMedian)))} | ${gain(geometricMean(group.map((one) => one.fullMs / one.pipelineMs)))} |`,
    );
  return `# Speed

What mode \`fast\` saves, measured by \`node bench/validate.ts\`: at most ${wanted} candidates a repository, drawn evenly, seed 24. For every candidate the whole suite runs once in a fresh process and a clean copy (the leanest form of the usual protocol: no container, no repeats), and mode \`fast\` judges it as \`swemint scale\` does. Both ways in one run, CPU time of the whole process tree.

| Geometric mean | screen, mean | screen, median | whole way |
|---|---:|---:|---:|
${means.join('\n')}

*Screen*: one full run over the first look. *Whole way*: one full run over everything mode \`fast\` spends on a candidate: the screen and, for those kept, the confirmations. For Python these are one fresh run of the covering test files with the bug, and one each with the bug and with the fix in a fork that has imported nothing of the repository; for JavaScript all are fresh runs.

| Repository | Tests | Full run | Screen mean / median | Gain mean / median | Whole way | Same verdict | First looks |
|---|---:|---:|---:|---:|---:|---:|---|
${rows.join('\n')}

The verdict of mode \`fast\` was that of the full run for ${candidates - differences.length} of ${candidates} candidates.${differences.length === 0 ? '' : `\n\n${differences.join('\n')}`}

## How

- **Python.** A warm process has imported and collected the suite. What a candidate changes is found by comparing compiled code objects. Bodies of functions are swapped into a fork, which runs only the tests that execute the changed lines (\`swap\`); anything else is imported anew in a fork that knows the framework and third-party packages only, with the test files whose imports reach the change (\`reimport\`). \`uncovered\` and \`free\` cost nothing. Whatever is suspicious goes the full way.
- **JavaScript.** V8 cannot fork. Only the test files whose recorded coverage meets the change run, in a fresh process (\`coverage\`).
- **Kept candidates** are confirmed in at least one fresh process and a clean tree; the screen alone never makes a task. A random sample of all candidates is audited in every run, and its rate is in the report.

## What the limit is

A swap costs a fork, the swap itself and the covering tests' own time; nothing can be cheaper without running fewer tests. On small suites a fresh process costs more than the tests, so confirmations dominate the whole way; on large ones the screen does nearly all of the work.

Where the rest goes today: packages whose \`__init__\` imports everything make every \`reimport\` run nearly all test files; state that a candidate leaves behind where none was expected makes the whole suite run once more in a child (\`suite\`); and JavaScript suites with a hub that every test file reaches gain little from choosing files.
`;
}

const seconds = (ms: number): string =>
  ms < 100 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
const gain = (ratio: number): string => `${ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0)}×`;
