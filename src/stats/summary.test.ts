import { describe, expect, it } from 'vitest';
import type { Baseline, EvidenceRun } from '../core/schema/index.ts';
import { sampleCandidate, sampleKept, sampleRejected, sampleTask } from '../testing/sample-task.ts';
import { createHistogram } from './histogram.ts';
import { paperTotal, paperYields } from './paper-yields.ts';
import { report as schema } from './report.ts';
import { renderReportMarkdown } from './report-markdown.ts';
import { createSummary } from './summary.ts';

const { spec } = sampleTask().environment;
const baseline: Baseline = {
  runs: 3,
  wallMs: 420,
  cpuMs: 400,
  tests: (['passed', 'passed', 'flaky', 'skipped'] as const).map((status, index) => ({
    id: `t${index}`,
    file: 't.py',
    status,
    durationMs: 1,
  })),
};
const generation = { entities: 40, duplicates: 1, skippedFiles: {}, cpuMs: 500 };
const runOf = (changes: Partial<EvidenceRun>): EvidenceRun => ({
  purpose: 'screen',
  level: 'full',
  outcome: 'completed',
  failed: 0,
  passed: 2,
  wallMs: 300,
  cpuMs: 200,
  ...changes,
});

function sample() {
  const summary = createSummary();
  summary.addRepository({ id: 'r.1', name: 'r' }, { spec, baseline }, generation);
  const swap = sampleCandidate();
  summary.add({
    candidate: swap,
    verdict: sampleKept({
      runs: [runOf({ cpuMs: 300 }), runOf({ purpose: 'repeat', cpuMs: 100 })],
      failToPass: [
        { id: 'a', kind: 'assertion' },
        { id: 'b', kind: 'error' },
        { id: 'c', kind: 'error' },
      ],
    }),
  });
  summary.add({ candidate: { ...swap, added: 3 }, verdict: sampleKept({ runs: [runOf({})] }) });
  summary.add({ candidate: swap, verdict: sampleRejected({ runs: [runOf({ cpuMs: 100 })] }) });
  const loop = sampleCandidate({ mutator: 'func_pm_remove_loop' });
  summary.add({
    candidate: loop,
    verdict: sampleRejected({
      reason: 'hang',
      runs: [runOf({ outcome: 'timed-out', cpuMs: 9000, wallMs: 9500 })],
    }),
  });
  summary.add({
    candidate: loop,
    verdict: sampleRejected({ reason: 'unstable-labels', runs: [] }),
  });
  summary.add({ candidate: loop, verdict: undefined });
  return summary;
}

describe('createSummary', () => {
  const report = sample().finish();

  it('counts per mutator, those with most candidates first', () => {
    expect(report.mutators).toEqual([
      {
        mutator: 'func_pm_op_swap',
        candidates: 3,
        judged: 3,
        kept: 2,
        yield: 2 / 3,
        medianFailToPass: 2.5,
        medianChangedLines: 3,
      },
      {
        mutator: 'func_pm_remove_loop',
        candidates: 3,
        judged: 2,
        kept: 0,
        yield: 0,
        medianFailToPass: null,
        medianChangedLines: null,
      },
    ]);
    expect(report.total).toMatchObject({ candidates: 6, judged: 5, kept: 2, yield: 0.4 });
  });

  it('counts why candidates were rejected and how tests fail', () => {
    expect(report.rejections).toEqual([
      { reason: 'hang', count: 1, share: 1 / 3 },
      { reason: 'no-test-fails', count: 1, share: 1 / 3 },
      { reason: 'unstable-labels', count: 1, share: 1 / 3 },
    ]);
    expect(report.failureKinds).toEqual([
      { kind: 'assertion', count: 3 },
      { kind: 'error', count: 2 },
    ]);
  });

  it('measures what judging cost', () => {
    expect(report.cost.cpuSeconds).toBeCloseTo(9.7);
    expect(report.cost.cpuSecondsPerCandidate).toBeCloseTo(9.7 / 5);
    expect(report.cost.medianCpuSecondsPerCandidate).toBeCloseTo(0.2);
    expect(report.cost.cpuSecondsPerTask).toBeCloseTo(9.7 / 2);
    expect(report.cost.wallSeconds).toBeCloseTo(10.7);
  });

  it('takes shares of flaky, hung and duplicate', () => {
    expect(report.shares).toEqual({
      flakyTests: 0.25,
      flakyCandidates: 0.2,
      hung: 0.2,
      duplicates: 1 / 7,
    });
    expect(report.repositories).toEqual([
      expect.objectContaining({
        tests: 4,
        flakyTests: 1,
        entities: 40,
        candidates: 6,
        kept: 2,
        candidatesPerCpuSecond: 12,
      }),
    ]);
  });

  it('says nothing where there is nothing, and never divides by it', () => {
    const empty = createSummary().finish();
    expect(schema.parse(empty)).toEqual(empty);
    expect(empty.total.yield).toBeNull();
    expect(empty.shares.duplicates).toBeNull();
    expect(renderReportMarkdown(empty)).toContain('| **all** | 0 | 0 | – | – | – | 40.2 % |');
  });

  it('does not guess CPU time that the machine could not tell', () => {
    const summary = createSummary();
    const verdict = sampleKept({ runs: [runOf({}), runOf({ cpuMs: null })] });
    summary.add({ candidate: sampleCandidate(), verdict });
    expect(summary.finish().cost).toMatchObject({ cpuSeconds: null, cpuSecondsPerTask: null });
  });

  it('keeps to its schema and survives JSON', () => {
    expect(schema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });
});

describe('renderReportMarkdown', () => {
  it('writes a page', () => {
    expect(renderReportMarkdown(sample().finish())).toMatchInlineSnapshot(`
      "# Report

      2 tasks from 5 judged candidates (40.0 %).

      ## Repositories

      | Repository | Framework | Tests | Suite | Entities | Candidates | Kept |
      | --- | --- | --: | --: | --: | --: | --: |
      | r.1 | pytest | 4 | 420 ms | 40 | 6 | 2 |

      ## Yield

      | Mutator | Candidates | Kept | Yield | Median F2P | Median lines | SWE-smith |
      | --- | --: | --: | --: | --: | --: | --: |
      | \`func_pm_op_swap\` | 3 | 2 | 66.7 % | 2.5 | 3 | 22.6 % |
      | \`func_pm_remove_loop\` | 3 | 0 | 0.0 % | – | – | 44.2 % |
      | **all** | 6 | 2 | 40.0 % | 2.5 | 3 | 40.2 % |

      Yield is kept of judged. F2P: tests that fail under the bug; lines: added and removed. The last column is the yield that SWE-smith published for its Python modifiers (2504.21798, Table 11).

      ## Rejected

      | Reason | Candidates | Share |
      | --- | --: | --: |
      | hang | 1 | 33.3 % |
      | no-test-fails | 1 | 33.3 % |
      | unstable-labels | 1 | 33.3 % |

      ## How tests fail under kept bugs

      | Kind | Tests |
      | --- | --: |
      | assertion | 3 |
      | error | 2 |

      ## Cost and quality

      | Figure | Value |
      | --- | --: |
      | CPU time per candidate, mean | 1.9 s |
      | CPU time per candidate, median | 200 ms |
      | CPU time per task | 4.8 s |
      | CPU time of validation | 9.7 s |
      | Flaky tests | 25.0 % |
      | Candidates with unstable labels | 20.0 % |
      | Candidates that hung | 20.0 % |
      | Duplicate mutants | 14.3 % |
      "
    `);
  });
});

describe('createHistogram', () => {
  it('finds medians of odd and even numbers of values', () => {
    const histogram = createHistogram();
    expect(histogram.median()).toBeNull();
    for (const value of [5, 1, 3]) histogram.add(value);
    expect(histogram.median()).toBe(3);
    histogram.add(100);
    expect(histogram.median()).toBe(4);
    expect(histogram.sum).toBe(109);
  });

  it('agrees with sorting', () => {
    const histogram = createHistogram();
    const values = Array.from({ length: 1001 }, (_, index) => (index * 7919) % 257);
    for (const value of values) histogram.add(value);
    expect(histogram.median()).toBe(values.toSorted((a, b) => a - b)[500]);
  });
});

describe('paperYields', () => {
  it('adds up to what the paper states', () => {
    expect(paperTotal).toMatchObject({ candidates: 38_866, instances: 15_641 });
    expect(paperTotal.yield).toBeCloseTo(0.4024, 4);
    expect(paperYields['func_pm_class_shuffle_funcs']?.yield).toBeCloseTo(0.0188, 4);
    expect(paperYields['func_pm_ctrl_invert_if']?.yield).toBeCloseTo(0.4944, 4);
  });
});
