// One stream of what happens: the terminal, the ledger and the inspector all read it.
import type { RejectionReason } from './schema/index.ts';

export type Stage =
  | 'repository'
  | 'environment'
  | 'baseline'
  | 'agent'
  | 'replay'
  | 'candidates'
  | 'recording'
  | 'validation'
  | 'audit'
  | 'tasks'
  | 'image';

export type SwemintEvent =
  | { type: 'stage-start'; stage: Stage; repository?: string; total?: number; detail?: string }
  | { type: 'stage-progress'; stage: Stage; done: number; total?: number; kept?: number }
  | { type: 'stage-end'; stage: Stage; repository?: string; detail: string }
  | {
      type: 'candidate-judged';
      candidateId: string;
      mutator: string;
      status: 'kept' | 'rejected';
      reason?: RejectionReason;
    }
  | { type: 'warning'; code: string; message: string; hint?: string };

/** Receives events as they happen. Must not throw and must not block. */
export type Emit = (event: SwemintEvent) => void;
