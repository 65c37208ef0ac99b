// One complete task, candidate and verdict to write tests with; every part can be replaced.
import { reversePatch } from '../lib/diff.ts';
import type { Candidate, Task, Verdict } from '../core/schema/index.ts';

type Kept = Extract<Verdict, { status: 'kept' }>;
type Rejected = Extract<Verdict, { status: 'rejected' }>;

const entity: Candidate['entity'] = {
  id: 'e0',
  path: 'ledgerline/money.py',
  name: 'Money.split',
  kind: 'method',
  startLine: 144,
  endLine: 164,
  complexity: 6,
  signature: 'def split(self, weights):',
};

const bugPatch = `diff --git a/ledgerline/money.py b/ledgerline/money.py
--- a/ledgerline/money.py
+++ b/ledgerline/money.py
@@ -156,7 +156,7 @@
         remainders = []
         for index, weight in enumerate(weights):
             exact = amount * weight / total
-            share = exact.numerator // exact.denominator
+            share = exact.denominator // exact.numerator
             shares.append(share)
             remainders.append((share - exact, index))
         left = amount - sum(shares)
`;
const oraclePatch = reversePatch(bugPatch);

/** A candidate that swapped the operands of one operation. */
export function sampleCandidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    id: 'c0',
    strategy: 'procedural',
    mutator: 'func_pm_op_swap',
    entity,
    language: 'python',
    patch: bugPatch,
    added: 1,
    removed: 1,
    explanation: 'swapped the operands of `exact.numerator // exact.denominator` in `Money.split`',
    ...changes,
  };
}

const judged = {
  candidateId: 'c0',
  runs: [
    {
      purpose: 'screen',
      level: 'full',
      outcome: 'completed',
      failed: 3,
      passed: 99,
      wallMs: 300,
      cpuMs: 250,
    },
  ],
  failToPass: [
    { id: 'tests/test_money.py::SplitTest::test_no_cent_is_lost', kind: 'assertion' },
    { id: 'tests/test_money.py::SplitTest::test_largest_remainder_first', kind: 'assertion' },
  ],
  failToFail: [],
  passToFail: [],
  unlabelled: [],
} satisfies Partial<Kept>;

const failureOutput = `Traceback (most recent call last):
  File "/runs/r1/environments/ledgerline.1a2b3c4d/repo/tests/test_money.py", line 84, in test_no_cent_is_lost
    self.assertEqual([share.minor for share in shares], [34, 33, 33])
AssertionError: Lists differ: [1, 1, 98] != [34, 33, 33]

First differing element 0:
1
34

- [1, 1, 98]
+ [34, 33, 33]
`;

/** What a validation says about a candidate worth keeping. */
export function sampleKept(changes: Partial<Kept> = {}): Kept {
  return { ...judged, status: 'kept', failureOutput, ...changes };
}

/** What a validation says about one that is not. */
export function sampleRejected(changes: Partial<Rejected> = {}): Rejected {
  return {
    ...judged,
    failToPass: [],
    status: 'rejected',
    reason: 'no-test-fails',
    detail: 'Every test passes with the bug.',
    ...changes,
  };
}

/** The task that such a candidate becomes. */
export function sampleTask(changes: Partial<Task> = {}): Task {
  return {
    schemaVersion: 1,
    id: 'ledgerline.1a2b3c4d.func_pm_op_swap__0a1b2c3d',
    family: 'bug-fix',
    strategy: 'procedural',
    repository: {
      id: 'ledgerline.1a2b3c4d',
      name: 'ledgerline',
      source: 'examples/python',
      revision: '1.2.0',
      commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
      language: 'python',
      license: 'MIT',
    },
    environment: {
      digest: 'd0',
      spec: {
        language: 'python',
        packageManager: 'pip',
        recipe: 'python-source',
        install: [],
        env: { PATH: '$BASE/venv/bin:/usr/bin:/bin', HOME: '$BASE/home' },
        test: { framework: 'pytest', args: [], env: {}, cwd: '.' },
      },
      versions: { python: '3.11.2', pytest: '9.2.0' },
    },
    bugPatch,
    oraclePatch,
    statement: {
      text: '`Money.split` in `ledgerline/money.py` does not give the right result.',
      method: 'template',
      template: 'files-functions',
    },
    failToPass: judged.failToPass,
    passToPass: ['tests/test_money.py::FormatTest::test_groups_thousands'],
    failToFail: [],
    passToFail: [],
    verifier: {
      script:
        "#!/bin/sh\nstatus=0\necho '>>>>> Start Test Output'\n( python -m pytest -rA ) 2>&1 || status=$?\necho '>>>>> End Test Output'\nexit \"$status\"\n",
      files: ['tests/test_money.py'],
      logParser: 'parse_log_pytest',
    },
    evidence: {
      mode: 'full',
      baselineRuns: 3,
      flakyTests: [],
      runs: judged.runs,
      isolation: 'namespaces',
    },
    provenance: {
      mutator: 'func_pm_op_swap',
      entity,
      explanation: sampleCandidate().explanation,
      seed: 24,
      swemint: '0.1.0',
    },
    ...changes,
  };
}
