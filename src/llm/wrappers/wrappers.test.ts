// Each wrapper alone, around a model in process.
import { expect, test } from 'vitest';
import { type Model, ModelError } from '../../core/model.ts';
import type { ModelRequest } from '../../core/schema/model.ts';
import { type Script, scriptedModel } from '../../testing/scripted-model.ts';
import { createCallMemory } from '../call-memory.ts';
import { createLedger, openLedger } from '../ledger.ts';
import { requestHash } from '../request-hash.ts';
import { withAccount } from './account.ts';
import { withBudget } from './budget.ts';
import { withCache } from './cache.ts';
import { withConcurrency } from './concurrency.ts';
import { replayModel } from './replay.ts';
import { withRequestRate } from './request-rate.ts';
import { withRetry } from './retry.ts';
import { withTimeLimit } from './time-limit.ts';

const ask = (content: string, sample?: number): ModelRequest => ({
  messages: [{ role: 'user', content }],
  ...(sample === undefined ? {} : { sample }),
});
const price = { input: 1, output: 10 };
const quick = { retries: 3, firstWaitMs: 1, longestWaitMs: 4, longestRetryAfterMs: 50 };

/** Counts calls and how many run at once. */
function counting(inner: Model): { model: Model; count: () => number; most: () => number } {
  let count = 0;
  let running = 0;
  let most = 0;
  const call: Model['call'] = async (request, context) => {
    count += 1;
    running += 1;
    most = Math.max(most, running);
    try {
      return await inner.call(request, context);
    } finally {
      running -= 1;
    }
  };
  return { model: { name: inner.name, call }, count: () => count, most: () => most };
}

const slow = (ms: number): Model => scriptedModel([{ text: 'late', delayMs: ms }]);
const codeOf = (error: unknown): unknown => (error instanceof ModelError ? error.code : error);

test('retry gives up after its attempts, and at once when it is told to wait too long', async () => {
  const failing = counting(scriptedModel([{ status: 503 }]));
  const error: unknown = await withRetry(failing.model, quick).call(ask('x')).catch(codeOf);
  expect(error).toBe('model-overloaded');
  expect(failing.count()).toBe(4);
  const closed = counting(scriptedModel([{ status: 429, retryAfter: 60 }]));
  expect(await withRetry(closed.model, quick).call(ask('x')).catch(codeOf)).toBe(
    'model-rate-limit',
  );
  expect(closed.count()).toBe(1);
});

test('retry leaves the waiting when aborted', async () => {
  const model = withRetry(scriptedModel([{ status: 503 }]), {
    ...quick,
    firstWaitMs: 60_000,
    longestWaitMs: 60_000,
  });
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await expect(model.call(ask('x'), { signal: controller.signal })).rejects.toThrow('enough');
});

test("time limits are the model's failure, an abort is the caller's", async () => {
  const limited = withTimeLimit(slow(10_000), { limitMs: 20, covers: 'request' });
  const error: unknown = await limited.call(ask('x')).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'model-timeout', retryable: true });
  const total = withTimeLimit(slow(10_000), { limitMs: 20, covers: 'total' });
  expect(await total.call(ask('x')).catch((error: unknown) => error)).toMatchObject({
    retryable: false,
  });
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(limited.call(ask('x'), { signal })).rejects.toThrow('enough');
});

test('concurrency is bounded, and an aborted caller leaves the queue', async () => {
  const inner = counting(slow(10));
  const model = withConcurrency(inner.model, 3);
  const controller = new AbortController();
  const calls = Array.from({ length: 12 }, (_, index) =>
    model.call(ask(String(index)), index === 7 ? { signal: controller.signal } : {}),
  );
  controller.abort(new Error('enough'));
  const results = await Promise.allSettled(calls);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(inner.most()).toBe(3);
  expect(inner.count()).toBe(11);
});

test('requests are spaced, and all of them wait when the server says so', async () => {
  const starts: number[] = [];
  const model = withRequestRate(
    {
      name: 'm',
      call: (request, context) => {
        starts.push(performance.now());
        return scriptedModel([{ text: 'ok' }]).call(request, context);
      },
    },
    6000,
  );
  await Promise.all(Array.from({ length: 5 }, () => model.call(ask('x'))));
  expect((starts[4] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(35);
  const told = withRequestRate(
    scriptedModel([{ status: 429, retryAfter: 0.2 }, { text: 'ok' }]),
    Number.POSITIVE_INFINITY,
  );
  await told.call(ask('x')).catch(codeOf);
  const begun = performance.now();
  await told.call(ask('y'));
  expect(performance.now() - begun).toBeGreaterThanOrEqual(150);
});

test('the cache answers equal requests once paid, draws apart, and shares what is under way', async () => {
  const calls = createCallMemory();
  const ledger = createLedger();
  const inner = counting(scriptedModel(({ index }) => ({ text: `reply ${index}`, delayMs: 5 })));
  const model = withCache(withAccount(inner.model, { ledger, calls, price }), calls);
  const [first, second] = await Promise.all([model.call(ask('x')), model.call(ask('x'))]);
  expect([first?.cached, second?.cached]).toEqual([false, true]);
  expect((await model.call(ask('x'))).message.content).toBe('reply 0');
  expect((await model.call(ask('x', 1))).message.content).toBe('reply 1');
  expect(inner.count()).toBe(2);
  expect(ledger.total().calls).toBe(2);
});

test('a caller who gives up does not take the others with it', async () => {
  const calls = createCallMemory();
  const inner = counting(slow(40));
  const model = withCache(inner.model, calls);
  const controller = new AbortController();
  const first = model.call(ask('x'), { signal: controller.signal });
  const second = model.call(ask('x'));
  controller.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  expect((await second).message.content).toBe('late');
});

test('identity does not depend on the order of fields, but on everything that is asked', () => {
  const a = requestHash(
    { name: 'm' },
    {
      messages: [{ role: 'user', content: 'x' }],
      sampling: { seed: 1, topP: 1 },
    },
  );
  const b = requestHash(
    { name: 'm' },
    {
      sampling: { topP: 1, seed: 1 },
      messages: [{ content: 'x', role: 'user' }],
    },
  );
  expect(a).toBe(b);
  expect(requestHash({ name: 'n' }, ask('x'))).not.toBe(requestHash({ name: 'm' }, ask('x')));
  expect(requestHash({ name: 'm' }, ask('x', 1))).not.toBe(requestHash({ name: 'm' }, ask('x')));
});

test("a run's budget is never overrun, even by calls at once, and goes on when raised", async () => {
  const calls = createCallMemory();
  const usage = { input: 1000, output: 2000 };
  const open = async (runUsd: number): ReturnType<typeof build> => build(runUsd);
  async function build(runUsd: number): Promise<{ model: Model; spent: () => number }> {
    const ledger = await openLedger(calls);
    const account = withAccount(scriptedModel([{ text: 'ok', usage, delayMs: 2 }]), {
      ledger,
      calls,
      price,
    });
    const model = withCache(withBudget(account, { budget: { runUsd }, ledger, price }), calls);
    return { model, spent: () => ledger.total().costUsd };
  }
  const { model, spent } = await open(0.1);
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => model.call(ask(`q${index}`))),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(spent()).toBeLessThanOrEqual(0.1);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ reason }) => codeOf(reason) === 'budget-exhausted')).toBe(true);
  const again = await open(1);
  expect(again.spent()).toBe(spent());
  await Promise.all(Array.from({ length: 20 }, (_, index) => again.model.call(ask(`q${index}`))));
  expect(again.spent()).toBeCloseTo(20 * 0.021, 9);
});

test("a task's budget does not stop other tasks", async () => {
  const calls = createCallMemory();
  const ledger = createLedger();
  const usage = { input: 0, output: 2000 };
  const inner = withAccount(scriptedModel([{ text: 'ok', usage }]), { ledger, calls, price });
  const model = withBudget(inner, { budget: { taskUsd: 0.03 }, ledger, price });
  await model.call(ask('a'), { task: 'one' });
  const error: unknown = await model
    .call(ask('b'), { task: 'one' })
    .catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'budget-exhausted', budget: 'task' });
  await model.call(ask('c'), { task: 'two' });
  expect(ledger.ofTask('two').calls).toBe(1);
});

test('a budget needs a price', () => {
  const settings = { budget: { runUsd: 1 }, ledger: createLedger(), price: undefined };
  expect(() => withBudget(scriptedModel([{}]), settings)).toThrow(/price/);
});

test('a recording answers alone, and says when it cannot', async () => {
  const calls = createCallMemory();
  const script: Script = [{ text: 'recorded' }];
  const live = withAccount(scriptedModel(script), { ledger: createLedger(), calls, price });
  await live.call(ask('x'));
  const replay = replayModel({ name: 'scripted' }, calls);
  expect((await replay.call(ask('x'))).message.content).toBe('recorded');
  expect(await replay.call(ask('y')).catch(codeOf)).toBe('replay-missing');
});
