// One task as a person wants to see it: what is asked, what the bug is, which tests prove it, whence it came.
import pc from 'picocolors';
import type { FailingTest, Task } from '../core/schema/index.ts';
import { renderDiff } from './render-diff.ts';
import { wrapText } from './wrap-text.ts';

export interface TaskView {
  /** Columns to use. */
  width: number;
  /** Default: whether the terminal has colours. */
  color?: boolean;
  /** Failing tests to list. Default 12. */
  tests?: number;
}

const INDENT = '  ';

/** Text for the terminal, ending with a newline. */
export function renderTask(task: Task, { width, color, tests = 12 }: TaskView): string {
  const paint = pc.createColors(color ?? pc.isColorSupported);
  const columns = Math.min(Math.max(width, 40), 120);
  const heading = (text: string, note = ''): string =>
    paint.bold(text) + (note === '' ? '' : paint.dim(`  ${note}`));
  const { statement, provenance, failToPass, passToPass, environment, repository } = task;
  const { entity } = provenance;
  const template = statement.template === null ? '' : `, ${statement.template}`;
  const body = wrapText(statement.text, columns - INDENT.length);
  return [
    paint.bold(paint.inverse(` ${task.id} `)),
    paint.dim(`${repository.name} ${repository.revision} · ${environment.spec.test.framework}`),
    '',
    ...(statement.method === 'none'
      ? []
      : [
          heading('Problem statement', `${statement.method}${template}`),
          ...body.map((line) => (line === '' ? '' : INDENT + line)),
          '',
        ]),
    heading('The bug', provenance.explanation),
    renderDiff(task.bugPatch, { color: paint, width: columns, indent: INDENT }),
    '',
    heading(
      `${failToPass.length} ${failToPass.length === 1 ? 'test fails' : 'tests fail'}`,
      `${passToPass.length} still pass`,
    ),
    ...listTests(failToPass, tests).map((line) => INDENT + line),
    '',
    heading('Where it comes from'),
    ...table([
      [
        'code',
        `${entity.path}:${entity.startLine} ${entity.name} (complexity ${entity.complexity})`,
      ],
      ['mutator', `${provenance.mutator}, seed ${provenance.seed}`],
      ['proof', describeProof(task)],
      ['source', repository.source],
    ]).map((line) => INDENT + paint.dim(line)),
    '',
  ].join('\n');

  function listTests(all: readonly FailingTest[], limit: number): string[] {
    const shown = all.slice(0, limit);
    const kinds = Math.max(...shown.map(({ kind }) => kind.length));
    const lines = shown.map(({ id, kind }) => `${paint.red(kind.padEnd(kinds))}  ${id}`);
    if (all.length > limit) lines.push(paint.dim(`and ${all.length - limit} more`));
    return lines;
  }
}

function describeProof({ evidence }: Task): string {
  const count = (purpose: string): number =>
    evidence.runs.filter((run) => run.purpose === purpose).length;
  const times = (number: number): string => (number === 1 ? 'once' : `${number} times`);
  const parts = [
    `baseline ${times(evidence.baselineRuns)}`,
    `bug ${times(count('screen') + count('repeat'))}`,
    ...(count('oracle') > 0 ? [`fix ${times(count('oracle'))}`] : []),
  ];
  return `${parts.join(', ')} (${evidence.mode}, ${evidence.isolation})`;
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
