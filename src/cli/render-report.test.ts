import { expect, it } from 'vitest';
import { createSummary } from '../stats/summary.ts';
import { sampleCandidate, sampleKept, sampleRejected } from '../testing/sample-task.ts';
import { renderReportTable } from './render-report.ts';

const summary = createSummary();
for (let index = 0; index < 1500; index += 1) {
  const verdict = index % 4 === 0 ? sampleKept() : sampleRejected();
  summary.add({ candidate: sampleCandidate(), verdict });
}
summary.add({
  candidate: sampleCandidate({ mutator: 'func_pm_remove_loop' }),
  verdict: sampleRejected({ reason: 'hang' }),
});
const report = summary.finish();

it('lines numbers up and ends with the whole', () => {
  expect(renderReportTable(report, { width: 100, color: false })).toMatchInlineSnapshot(`
    "mutator              candidates  kept   yield  F2P  lines  SWE-smith
    func_pm_op_swap           1,500   375  25.0 %    2      2     22.6 %
    func_pm_remove_loop           1     0   0.0 %    –      –     44.2 %
    all                       1,501   375  25.0 %    2      2     40.2 %

    rejected: 1,125 no-test-fails, 1 hang
    CPU per candidate: 250 ms mean, 250 ms median
    flaky tests –, hung 0.0 %, unstable 0.0 %, duplicates 0.0 %
    "
  `);
});

it('leaves out columns that a narrow terminal has no room for', () => {
  const [heading = ''] = renderReportTable(report, { width: 45, color: false }).split('\n');
  expect(heading).toMatch(/mutator +candidates +kept +yield$/);
});

it('colours only when told to', () => {
  expect(renderReportTable(report, { width: 100, color: true })).toContain('\u001B[1mall');
  expect(renderReportTable(report, { width: 100, color: false })).not.toContain('\u001B');
});
