// Puts a model together: the wire, and around it everything that saves money and work.
import type { CallStore, Model } from '../core/model.ts';
import type { PriceTable, Sampling } from '../core/schema/model.ts';
import { createCallMemory } from './call-memory.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { openWire, type WireSettings } from './open-wire.ts';
import { findPrice } from './prices.ts';
import type { Redact } from './secrets.ts';
import { withAccount } from './wrappers/account.ts';
import { type Budget, withBudget } from './wrappers/budget.ts';
import { withCache } from './wrappers/cache.ts';
import { withConcurrency } from './wrappers/concurrency.ts';
import { withRequestRate } from './wrappers/request-rate.ts';
import { defaultRetry, type RetrySettings, withRetry } from './wrappers/retry.ts';
import { withSampling } from './wrappers/sampling.ts';
import { withTimeLimit } from './wrappers/time-limit.ts';

export interface ModelSettings extends WireSettings {
  /** How to draw replies where a request leaves it open. */
  sampling?: Sampling;
  /** Milliseconds for one request. Default 600,000. */
  requestTimeoutMs?: number;
  /** Milliseconds for a call with all its retries. Default 3,600,000. */
  totalTimeoutMs?: number;
  retry?: Partial<RetrySettings>;
  /** Requests under way at once. Default 16. */
  concurrency?: number;
  requestsPerMinute?: number;
  prices?: PriceTable;
  budget?: Budget;
  /** Where paid calls are kept and looked up; in memory when absent. */
  calls?: CallStore;
}

export interface OpenModel {
  model: Model;
  ledger: Ledger;
  /** Removes this model's keys from anything that is about to be written down. */
  redact: Redact;
  /** Throws `ModelError` at once when the server is not there or refuses the key. Costs nothing. */
  check: (signal?: AbortSignal) => Promise<void>;
}

/**
 * Opens a model with all wrappers. From the outside in: sampling, cache, budget, total time, retries, rate,
 * concurrency, request time, account, wire.
 * Throws `SwemintError` for a bad address, a missing key or package, or a budget without a price.
 */
export async function openModel(settings: ModelSettings): Promise<OpenModel> {
  const calls = settings.calls ?? createCallMemory();
  const ledger = await openLedger(calls);
  const { wire, redact, check } = await openWire(settings);
  const price = findPrice(settings.model, settings.prices);
  const requestMs = settings.requestTimeoutMs ?? 600_000;
  const totalMs = settings.totalTimeoutMs ?? 3_600_000;
  let model = withAccount(wire, { ledger, calls, price });
  model = withTimeLimit(model, { limitMs: requestMs, covers: 'request' });
  model = withConcurrency(model, settings.concurrency ?? 16);
  model = withRequestRate(model, settings.requestsPerMinute ?? Number.POSITIVE_INFINITY);
  model = withRetry(model, { ...defaultRetry, ...settings.retry });
  model = withTimeLimit(model, { limitMs: totalMs, covers: 'total' });
  model = withBudget(model, { budget: settings.budget ?? {}, ledger, price });
  model = withCache(model, calls);
  model = withSampling(model, settings.sampling);
  return { model, ledger, redact, check };
}
