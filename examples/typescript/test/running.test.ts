import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { criticalPath, summarize } from '../src/report.ts';
import { ExponentialBackoff, FixedBackoff, LinearBackoff, retry } from '../src/retry.ts';
import { Runner, type RunnerOptions } from '../src/runner.ts';
import type { TaskResult } from '../src/runner.ts';
import { parseTaskfile } from '../src/taskfile.ts';

describe('Backoff', () => {
  it('waits the same each time', () => {
    assert.deepEqual([...new FixedBackoff(4, 50).delays()], [50, 50, 50]);
    assert.deepEqual([...new FixedBackoff(1, 50).delays()], []);
  });

  it('grows by steps, up to the ceiling', () => {
    assert.deepEqual([...new LinearBackoff(5, 100, 250).delays()], [100, 200, 250, 250]);
  });

  it('doubles, or multiplies', () => {
    assert.deepEqual([...new ExponentialBackoff(5, 10).delays()], [10, 20, 40, 80]);
    assert.deepEqual(
      [...new ExponentialBackoff(4, 10, { factor: 10, ceiling: 500 }).delays()],
      [10, 100, 500],
    );
  });

  it('adds up', () => {
    assert.equal(new ExponentialBackoff(5, 10).total(), 150);
    assert.equal(new FixedBackoff(1, 10).total(), 0);
  });

  it('does not wait before the first attempt', () => {
    assert.equal(new FixedBackoff(3, 10).delay(0), 0);
  });

  it('needs at least one attempt', () => {
    assert.throws(() => new FixedBackoff(0, 10), RangeError);
    assert.throws(() => new LinearBackoff(1.5, 10), RangeError);
  });
});

describe('retry', () => {
  const setup = () => {
    const slept: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => {
      slept.push(milliseconds);
    };
    return { slept, sleep };
  };

  it('returns the first success', async () => {
    const { slept, sleep } = setup();
    const result = await retry(
      async (attempt) => {
        if (attempt < 2) throw new Error('no');
        return attempt;
      },
      new LinearBackoff(5, 10),
      { sleep },
    );
    assert.equal(result, 2);
    assert.deepEqual(slept, [10, 20]);
  });

  it('gives up after the last attempt', async () => {
    const { slept, sleep } = setup();
    const failing = retry(() => Promise.reject(new Error('no')), new FixedBackoff(3, 5), { sleep });
    await assert.rejects(failing, /^Error: no \(after 3 attempts\)$/);
    assert.deepEqual(slept, [5, 5]);
  });

  it('leaves the error of a single attempt alone', async () => {
    const { sleep } = setup();
    const error = new Error('no');
    await assert.rejects(
      retry(() => Promise.reject(error), new FixedBackoff(1, 5), { sleep }),
      (thrown) => thrown === error,
    );
  });

  it('stops when it is not worthwhile', async () => {
    const { slept, sleep } = setup();
    let calls = 0;
    const failing = retry(
      () => {
        calls += 1;
        return Promise.reject(new TypeError('bug'));
      },
      new FixedBackoff(9, 5),
      { sleep, worthwhile: (error) => !(error instanceof TypeError) },
    );
    await assert.rejects(failing, /^TypeError: bug$/);
    assert.equal(calls, 1);
    assert.deepEqual(slept, []);
  });
});

interface Recorded {
  log: string[];
  slept: number[];
  peak: number;
}

/** Runs a task file with commands that fail when they say `fail`, and a clock that ticks once per look. */
async function run(source: string, roots: string[], options: Partial<RunnerOptions> = {}) {
  const recorded: Recorded = { log: [], slept: [], peak: 0 };
  let active = 0;
  let time = 0;
  const failures = new Map<string, number>();
  const runner = new Runner(parseTaskfile(source), {
    execute: async (command, task) => {
      active += 1;
      recorded.peak = Math.max(recorded.peak, active);
      recorded.log.push(`${task}: ${command}`);
      await Promise.resolve();
      active -= 1;
      const match = /^fail(?: (\d+))?$/.exec(command);
      if (match === null) return;
      const seen = (failures.get(task) ?? 0) + 1;
      failures.set(task, seen);
      if (match[1] === undefined || seen <= Number(match[1])) throw new Error('exit 1');
    },
    now: () => (time += 5),
    sleep: async (milliseconds) => {
      recorded.slept.push(milliseconds);
    },
    ...options,
  });
  const results = await runner.run(...roots);
  return { results, ...recorded, statuses: results.map((result) => `${result.name} ${result.status}`) };
}

describe('Runner', () => {
  it('runs needs first and nothing else', async () => {
    const { log } = await run('task a: b\n  run 1\ntask b\n  run 2\n  run 3\ntask c\n  run 4', ['a']);
    assert.deepEqual(log, ['b: 2', 'b: 3', 'a: 1']);
  });

  it('expands variables, the caller having the last word', async () => {
    const { log } = await run('x = file\ny = kept\ntask a\n  run ${x} ${y} ${task}', ['a'], {
      variables: { x: 'caller' },
    });
    assert.deepEqual(log, ['a: caller kept a']);
  });

  it('skips what needs a failure, and what needs that', async () => {
    const { statuses, results } = await run(
      'task a: b\n  run 1\ntask b: c\n  run 2\ntask c\n  run fail\n  run never\ntask d\n  run 4',
      ['a', 'd'],
    );
    assert.deepEqual(statuses.toSorted(), ['a skipped', 'b skipped', 'c failed', 'd done']);
    assert.equal(results.find((result) => result.name === 'c')!.message, 'exit 1');
    assert.equal(results.find((result) => result.name === 'b')!.message, 'c did not succeed');
  });

  it('goes on after an optional task', async () => {
    const { statuses } = await run('task a: b\n  run 1\ntask b?\n  run fail', ['a']);
    assert.deepEqual(statuses, ['b failed', 'a done']);
  });

  it('tries again as often as it may', async () => {
    const { results, slept } = await run('task a\n  run fail 2\n  retry 3 every 2s', ['a']);
    assert.equal(results[0]!.status, 'done');
    assert.equal(results[0]!.attempts, 3);
    assert.deepEqual(slept, [2000, 2000]);
  });

  it('says how often it tried', async () => {
    const { results } = await run('task a\n  run fail\n  retry 1', ['a']);
    assert.equal(results[0]!.message, 'exit 1 (after 2 attempts)');
  });

  it('keeps to the number at once', async () => {
    const source = 'task all: a b c d\ntask a\n  run 1\ntask b\n  run 1\ntask c\n  run 1\ntask d\n  run 1';
    assert.equal((await run(source, ['all'])).peak, 1);
    assert.equal((await run(source, ['all'], { concurrency: 3 })).peak, 3);
    assert.equal((await run(source, ['all'], { concurrency: 9 })).peak, 4);
  });

  it('leaves fresh tasks alone, unless something they need ran', async () => {
    const source = 'task a\n  inputs x\n  run 1\ntask b: a\n  inputs y\n  run 2\ntask c\n  run 3';
    const fresh = await run(source, ['b', 'c'], { isFresh: () => true });
    assert.deepEqual(fresh.statuses, ['a fresh', 'b fresh', 'c done']);
    const stale = await run(source, ['b'], { isFresh: (task) => task.name !== 'a' });
    assert.deepEqual(stale.statuses, ['a done', 'b done']);
  });

  it('measures time', async () => {
    const { results } = await run('task a\n  run 1', ['a']);
    assert.equal(results[0]!.milliseconds, 5);
  });

  it('reports an unknown variable as a failure of the task', async () => {
    const { results } = await run('task a\n  run ${nope}', ['a']);
    assert.match(results[0]!.message!, /unknown variable/);
  });

  it('rejects what it cannot run', async () => {
    await assert.rejects(run('task a: b\ntask b: a', ['a']), /a -> b -> a/);
    await assert.rejects(run('task a', ['x']), /unknown task/);
    await assert.rejects(run('task a', ['a'], { concurrency: 0 }), RangeError);
  });
});

const result = (name: string, status: TaskResult['status'], milliseconds: number): TaskResult => ({
  name,
  status,
  milliseconds,
  attempts: status === 'done' ? 1 : 0,
});

describe('summarize', () => {
  it('puts failures first and the slow before the quick', () => {
    const text = summarize([
      result('quick', 'done', 200),
      result('cached', 'fresh', 0),
      { ...result('slow', 'done', 61_000), attempts: 3 },
      { ...result('broken', 'failed', 1500), message: 'exit 1' },
      { ...result('after', 'skipped', 0), message: 'broken did not succeed' },
    ]);
    assert.equal(
      text,
      [
        'x broken  1.5s  exit 1',
        '- after   broken did not succeed',
        '+ slow    1m1s  (3 attempts)',
        '+ quick   200ms',
        '= cached',
        '1 failed, 1 skipped, 2 done, 1 fresh in 1m2s',
      ].join('\n'),
    );
  });

  it('has nothing to say about nothing', () => assert.equal(summarize([]), 'nothing to do'));
});

describe('criticalPath', () => {
  const needs: Record<string, string[]> = { a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: [] };
  const needsOf = (name: string): string[] => needs[name] ?? [];

  it('follows the longest chain', () => {
    const results = [
      result('a', 'done', 10),
      result('b', 'done', 50),
      result('c', 'done', 20),
      result('d', 'done', 5),
      result('e', 'done', 60),
    ];
    assert.deepEqual(criticalPath(results, needsOf), { names: ['a', 'b', 'd'], milliseconds: 65 });
  });

  it('may be a task alone', () => {
    const results = [result('a', 'done', 1), result('b', 'done', 1), result('e', 'done', 60)];
    assert.deepEqual(criticalPath(results, needsOf).names, ['e']);
  });

  it('is empty for an empty run', () => {
    assert.deepEqual(criticalPath([], needsOf), { names: [], milliseconds: 0 });
  });
});
