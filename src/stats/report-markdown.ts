// The report as a page: report.md of a run.
import { formatNumber, formatSeconds, formatShare } from './format-figures.ts';
import { paperTotal, paperYields } from './paper-yields.ts';
import type { Report, YieldFigures } from './report.ts';

/** Markdown that ends with a newline. The same report gives the same bytes. */
export function renderReportMarkdown(report: Report): string {
  const sections = [
    '# Report',
    `${formatNumber(report.total.kept)} tasks from ${formatNumber(report.total.judged)} judged candidates (${formatShare(report.total.yield)}).`,
    repositories(report),
    yields(report),
    rejections(report),
    failures(report),
    audits(report),
    costs(report),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function repositories({ repositories: all }: Report): string {
  if (all.length === 0) return '';
  const rows = all.map((repository) => [
    repository.id,
    repository.framework,
    formatNumber(repository.tests),
    formatSeconds(repository.suiteSeconds),
    formatNumber(repository.entities),
    formatNumber(repository.candidates),
    formatNumber(repository.kept),
  ]);
  const head = ['Repository', 'Framework', 'Tests', 'Suite', 'Entities', 'Candidates', 'Kept'];
  return `## Repositories\n\n${table(head, rows, 2)}`;
}

function yields({ total, mutators }: Report): string {
  const row = (name: string, figures: YieldFigures, paper: number | undefined): string[] => [
    name,
    formatNumber(figures.candidates),
    formatNumber(figures.kept),
    formatShare(figures.yield),
    formatNumber(figures.medianFailToPass),
    formatNumber(figures.medianChangedLines),
    formatShare(paper ?? null),
  ];
  const head = [
    'Mutator',
    'Candidates',
    'Kept',
    'Yield',
    'Median F2P',
    'Median lines',
    'SWE-smith',
  ];
  const rows = [
    ...mutators.map((figures) =>
      row(`\`${figures.mutator}\``, figures, paperYields[figures.mutator]?.yield),
    ),
    row('**all**', total, paperTotal.yield),
  ];
  const note =
    'Yield is kept of judged. F2P: tests that fail under the bug; lines: added and removed. The last column is the yield that SWE-smith published for its Python modifiers (2504.21798, Table 11).';
  return `## Yield\n\n${table(head, rows, 1)}\n\n${note}`;
}

function rejections({ rejections: all }: Report): string {
  if (all.length === 0) return '';
  const rows = all.map(({ reason, count, share }) => [
    reason,
    formatNumber(count),
    formatShare(share),
  ]);
  return `## Rejected\n\n${table(['Reason', 'Candidates', 'Share'], rows, 1)}`;
}

function audits({ audit, levels, repositories: all }: Report): string {
  if (audit === null) return '';
  const looks = levels.map(({ level, count }) => `${formatNumber(count)} ${level}`).join(', ');
  const sentence = `${formatNumber(audit.sampled)} candidates, kept and rejected, were drawn at random and judged again by a run of the whole suite in a fresh process: ${formatNumber(audit.disagreements)} disagreed (${formatShare(audit.rate)}). ${formatNumber(audit.rejudged)} candidates of the same functions were then judged again the full way.`;
  const rows = all.flatMap(({ id, audit: own }) =>
    (own?.disagreements ?? []).map(({ candidateId, decided, full, cause }) => [
      id,
      candidateId.slice(0, 8),
      decided,
      full,
      cause,
    ]),
  );
  const list =
    rows.length === 0
      ? ''
      : `\n\n${table(['Repository', 'Candidate', 'Decided', 'Full run', 'Cause'], rows, 5)}`;
  return `## Audit\n\nFirst looks: ${looks}.\n\n${sentence}${list}`;
}

function failures({ failureKinds }: Report): string {
  if (failureKinds.length === 0) return '';
  const rows = failureKinds.map(({ kind, count }) => [kind, formatNumber(count)]);
  return `## How tests fail under kept bugs\n\n${table(['Kind', 'Tests'], rows, 1)}`;
}

function costs({ cost, shares }: Report): string {
  const rows = [
    ['CPU time per candidate, mean', formatSeconds(cost.cpuSecondsPerCandidate)],
    ['CPU time per candidate, median', formatSeconds(cost.medianCpuSecondsPerCandidate)],
    ['CPU time per task', formatSeconds(cost.cpuSecondsPerTask)],
    ['CPU time of validation', formatSeconds(cost.cpuSeconds)],
    ['Flaky tests', formatShare(shares.flakyTests)],
    ['Candidates with unstable labels', formatShare(shares.flakyCandidates)],
    ['Candidates that hung', formatShare(shares.hung)],
    ['Duplicate mutants', formatShare(shares.duplicates)],
  ];
  return `## Cost and quality\n\n${table(['Figure', 'Value'], rows, 1)}`;
}

/** Columns from `numbers` on stand on the right. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: number,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index < numbers ? '---' : '--:'));
  const safe = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  return [head, rule, ...safe].map(line).join('\n');
}
