// What verdicts of every mode share: runs as evidence, rejections, and the failure worth showing.
import type {
  Candidate,
  EvidenceRun,
  RejectionReason,
  SuiteRun,
  Verdict,
} from '../core/schema/index.ts';
import type { Labels } from './labels.ts';
import { layout } from './suite.ts';

/** Why a first look is not worth a second one. */
export interface Fault {
  reason: RejectionReason;
  detail: string;
}

export function toEvidence(
  purpose: EvidenceRun['purpose'],
  level: string,
  run: SuiteRun,
): EvidenceRun {
  return {
    purpose,
    level,
    outcome: run.outcome,
    failed: run.results.filter(({ status }) => status === 'failed').length,
    passed: run.results.filter(({ status }) => status === 'passed').length,
    wallMs: run.wallMs,
    cpuMs: run.cpuMs,
  };
}

export function keep(
  candidate: Candidate,
  runs: EvidenceRun[],
  labels: Labels,
  failureOutput: string,
): Verdict {
  return {
    status: 'kept',
    candidateId: candidate.id,
    runs,
    ...withoutPasses(labels),
    failureOutput,
  };
}

export function reject(
  candidate: Candidate,
  runs: EvidenceRun[],
  labels: Labels | undefined,
  { reason, detail }: Fault,
): Verdict {
  return {
    status: 'rejected',
    candidateId: candidate.id,
    runs,
    ...withoutPasses(labels),
    reason,
    detail,
  };
}

/** Passing tests are not stored: they are the baseline's, less those that are. */
function withoutPasses(labels: Labels | undefined) {
  return {
    failToPass: labels?.failToPass ?? [],
    failToFail: labels?.failToFail ?? [],
    passToFail: labels?.passToFail ?? [],
    unlabelled: labels?.unlabelled ?? [],
  };
}

/** What the first fail-to-pass test showed; for vanished ones, what kept it from running. */
export function describeFailure(run: SuiteRun, labels: Labels): string {
  const failing = new Set(labels.failToPass.map(({ id }) => id));
  const shown = run.results.find(({ id, message }) => failing.has(id) && message);
  return shown?.message ?? run.collectionErrors[0]?.message ?? run.outputTail;
}

/** Where a repository's file is inside its environment. */
export const sourcePath = (path: string): string => `${layout.repository}/${path}`;
