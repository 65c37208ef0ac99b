// The report on the terminal: yield per mutator, why candidates were rejected, what it cost.
import pc from 'picocolors';
import { formatNumber, formatSeconds, formatShare } from '../stats/format-figures.ts';
import { paperTotal, paperYields } from '../stats/paper-yields.ts';
import type { Report } from '../stats/report.ts';

export interface ReportView {
  /** Columns to use; a narrow terminal gets fewer columns of the table. */
  width: number;
  /** Default: whether the terminal has colours. */
  color?: boolean;
}

/** Text for the terminal, ending with a newline. */
export function renderReportTable(report: Report, { width, color }: ReportView): string {
  const paint = pc.createColors(color ?? pc.isColorSupported);
  const { total, cost, shares, audit, levels } = report;
  const rows = [...report.mutators, { ...total, mutator: 'all' }].map((figures) => [
    figures.mutator,
    formatNumber(figures.candidates),
    formatNumber(figures.kept),
    formatShare(figures.yield),
    formatNumber(figures.medianFailToPass),
    formatNumber(figures.medianChangedLines),
    formatShare(
      (figures.mutator === 'all' ? paperTotal : paperYields[figures.mutator])?.yield ?? null,
    ),
  ]);
  const head = ['mutator', 'candidates', 'kept', 'yield', 'F2P', 'lines', 'SWE-smith'];
  const lines = columns([head, ...rows], width);
  const [heading = '', ...body] = lines;
  const rejected = report.rejections.map(({ reason, count }) => `${formatNumber(count)} ${reason}`);
  const facts = [
    rejected.length > 0 ? `rejected: ${rejected.join(', ')}` : '',
    cost.cpuSecondsPerCandidate === null
      ? ''
      : `CPU per candidate: ${formatSeconds(cost.cpuSecondsPerCandidate)} mean, ${formatSeconds(cost.medianCpuSecondsPerCandidate)} median`,
    audit === null
      ? ''
      : `first looks: ${levels.map(({ level, count }) => `${formatNumber(count)} ${level}`).join(', ')}`,
    audit === null
      ? ''
      : `audit: ${formatNumber(audit.disagreements)} of ${formatNumber(audit.sampled)} disagree with a full run (${formatShare(audit.rate)})`,
    `flaky tests ${formatShare(shares.flakyTests)}, hung ${formatShare(shares.hung)}, unstable ${formatShare(shares.flakyCandidates)}, duplicates ${formatShare(shares.duplicates)}`,
  ].filter((fact) => fact !== '');
  return `${[
    paint.dim(heading),
    ...body.slice(0, -1),
    paint.bold(body.at(-1) ?? ''),
    '',
    ...facts.map((fact) => paint.dim(fact)),
  ].join('\n')}\n`;
}

/** The first column on the left, the others on the right; columns that do not fit are left out from the end. */
function columns(rows: readonly (readonly string[])[], width: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  let shown = widths.length;
  const total = (): number => widths.slice(0, shown).reduce((left, right) => left + right + 2, -2);
  while (shown > 4 && total() > width) shown -= 1;
  return rows.map((row) =>
    row
      .slice(0, shown)
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
