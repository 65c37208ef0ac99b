// Stops before the money is gone: a call is made only if its likely cost still fits.
import { SwemintError } from '../../core/errors.ts';
import { ModelError, type CallContext, type Model } from '../../core/model.ts';
import type { ModelRequest, Price } from '../../core/schema/model.ts';
import type { Ledger } from '../ledger.ts';

export interface Budget {
  /** US dollars for everything the ledger holds. */
  runUsd?: number;
  /** US dollars for each task. */
  taskUsd?: number;
}

export interface BudgetSettings {
  budget: Budget;
  ledger: Ledger;
  price: Price | undefined;
}

/** Characters per token, low: estimates should rather be too high. */
const CHARACTERS_PER_TOKEN = 3;
/** Output tokens a call is expected to need when nothing bounds it. */
const LIKELY_OUTPUT_TOKENS = 2000;

/**
 * Refuses calls that would overrun, counting those under way. Nothing is lost: with a larger
 * budget the same run goes on where it stopped.
 * Throws `SwemintError('no-price')` at once when the model's price is not known.
 */
export function withBudget(model: Model, { budget, ledger, price }: BudgetSettings): Model {
  if (budget.runUsd === undefined && budget.taskUsd === undefined) return model;
  if (!price) throw noPrice(model.name);
  const reserved = new Map<string, number>();
  const reserve = (name: string, amount: number): void => {
    reserved.set(name, (reserved.get(name) ?? 0) + amount);
  };
  return {
    ...model,
    call: async (request, context = {}) => {
      const likely = likelyCost(request, price);
      const accounts = accountsOf(context, budget, ledger);
      for (const account of accounts) {
        const held = reserved.get(account.key) ?? 0;
        if (account.spent() + held + likely > account.limit) throw exhausted(account);
      }
      for (const { key } of accounts) reserve(key, likely);
      try {
        return await model.call(request, context);
      } finally {
        for (const { key } of accounts) reserve(key, -likely);
      }
    },
  };
}

interface BudgetAccount {
  key: string;
  whose: 'run' | 'task';
  limit: number;
  spent: () => number;
}

function accountsOf(context: CallContext, budget: Budget, ledger: Ledger): BudgetAccount[] {
  const accounts: BudgetAccount[] = [];
  if (budget.runUsd !== undefined) {
    const spent = (): number => ledger.total().costUsd;
    accounts.push({ key: 'run', whose: 'run', limit: budget.runUsd, spent });
  }
  const { task } = context;
  if (budget.taskUsd !== undefined && task !== undefined) {
    const spent = (): number => ledger.ofTask(task).costUsd;
    accounts.push({ key: `task ${task}`, whose: 'task', limit: budget.taskUsd, spent });
  }
  return accounts;
}

function likelyCost(request: ModelRequest, price: Price): number {
  const characters = JSON.stringify([request.messages, request.tools ?? []]).length;
  const output = Math.min(
    request.sampling?.maxOutputTokens ?? LIKELY_OUTPUT_TOKENS,
    LIKELY_OUTPUT_TOKENS,
  );
  return ((characters / CHARACTERS_PER_TOKEN) * price.input + output * price.output) / 1_000_000;
}

function exhausted({ whose, limit, spent }: BudgetAccount): ModelError {
  return new ModelError(
    'budget-exhausted',
    `The budget of the ${whose} is used up: $${spent().toFixed(4)} of $${limit} spent, and the next call would not fit.`,
    {
      budget: whose,
      hint: 'Raise the budget and start the same command again: it goes on from here.',
    },
  );
}

function noPrice(name: string): SwemintError {
  return new SwemintError('no-price', `A budget was set, but the price of ${name} is not known.`, {
    hint: `Give its price per million tokens, 0 for your own server: --set 'model.prices={"${name}":{"input":1,"output":2}}'. Or drop the budget.`,
  });
}
