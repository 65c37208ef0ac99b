// The account of a run: what every call cost, by stage and by task.
import type { CallStore } from '../core/model.ts';
import type { PaidCall, TokenUsage } from '../core/schema/model.ts';
import { addUsage, noUsage } from './usage-sum.ts';

export interface Sum {
  calls: number;
  /** Calls whose price is not known: `costUsd` lacks them. */
  unpriced: number;
  usage: TokenUsage;
  costUsd: number;
}

export interface Ledger {
  add(call: Omit<PaidCall, 'reply'>): void;
  total(): Sum;
  /** Zero for a task that has not called. */
  ofTask(task: string): Sum;
  byStage(): ReadonlyMap<string, Sum>;
  byTask(): ReadonlyMap<string, Sum>;
}

/** Everything without a stage or task is found under this name. */
export const UNNAMED = '-';

/** An empty account. */
export function createLedger(): Ledger {
  const total = emptySum();
  const stages = new Map<string, Sum>();
  const tasks = new Map<string, Sum>();
  return {
    add: (call) => {
      for (const sum of [
        total,
        sumIn(stages, call.stage ?? UNNAMED),
        sumIn(tasks, call.task ?? UNNAMED),
      ]) {
        sum.calls += 1;
        sum.usage = addUsage(sum.usage, call.usage);
        if (call.costUsd === null) sum.unpriced += 1;
        else sum.costUsd = addDollars(sum.costUsd, call.costUsd);
      }
    },
    total: () => total,
    ofTask: (task) => tasks.get(task) ?? emptySum(),
    byStage: () => stages,
    byTask: () => tasks,
  };
}

/** The account so far: what earlier sittings of the same run have paid counts too. */
export async function openLedger(calls: CallStore): Promise<Ledger> {
  const ledger = createLedger();
  for await (const call of calls.list()) ledger.add(call);
  return ledger;
}

// Sums are kept to a billionth of a dollar, so that a million additions still add up exactly.
function addDollars(sum: number, cost: number): number {
  return Math.round((sum + cost) * 1e9) / 1e9;
}

function sumIn(sums: Map<string, Sum>, name: string): Sum {
  const sum = sums.get(name) ?? emptySum();
  sums.set(name, sum);
  return sum;
}

function emptySum(): Sum {
  return { calls: 0, unpriced: 0, usage: noUsage, costUsd: 0 };
}
