// A thousand calls with a fault in every third: no task lost, no call paid twice, exact cost, even over a kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TokenUsage } from '../core/schema/model.ts';
import { startModelServer } from '../testing/model-server.ts';
import type { Script, ScriptedReply, ScriptedTurn } from '../testing/scripted-model.ts';
import { openCallFile } from './call-file.ts';
import { openModel } from './open-model.ts';

const TASKS = 100;
const CALLS = 10;
const price = { input: 3, cachedInput: 0.3, output: 15 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-faults-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const faults: readonly ((reply: ScriptedReply) => ScriptedTurn)[] = [
  () => ({ status: 429, retryAfter: 0 }),
  () => ({ status: 500 }),
  () => ({ status: 503, retryAfter: 0 }),
  () => ({ cut: 'at-once' }),
  (reply) => ({ cut: 'mid-body', reply }),
  () => ({ empty: true }),
  () => ({ body: '{"choices": [{"message"' }),
  () => ({ streamError: 'worker died' }),
  (reply) => ({ ...reply, delayMs: 60_000 }),
];

/** Every third request meets a fault, each kind in turn. */
function faulty(): Script {
  return ({ messages, index }) => {
    const asked = messages[0]?.content ?? '';
    const size = asked.length + Number(/\d+$/.exec(asked)?.[0]);
    const usage = { input: 100 + size, cachedInput: size % 50, output: size % 70 };
    const reply: ScriptedReply = { text: `answer to ${asked}`, usage };
    if (index % 3 !== 2) return reply;
    const fault = faults[Math.floor(index / 3) % faults.length];
    return fault ? fault(reply) : reply;
  };
}

const costOf = (usages: readonly TokenUsage[]): number =>
  usages.reduce(
    (sum, { input, cachedInput, output }) =>
      sum + ((input - cachedInput) * 3 + cachedInput * 0.3 + output * 15) / 1e6,
    0,
  );

test.each([false, true])('nothing is lost or paid twice (streamed: %s)', async (streaming) => {
  await using server = await startModelServer({ script: faulty() });
  const path = join(folder, 'calls.jsonl');
  const sitting = async (
    signal: AbortSignal | undefined,
  ): Promise<{ answers: Map<string, string>; costUsd: number; tasks: number[] }> => {
    await using calls = await openCallFile(path);
    const { model, ledger } = await openModel({
      model: 'tiny',
      baseUrl: server.baseUrl,
      environment: {},
      streaming,
      calls,
      prices: { tiny: price },
      concurrency: 32,
      requestTimeoutMs: 3000,
      retry: { retries: 20, firstWaitMs: 2, longestWaitMs: 20 },
    });
    const answers = new Map<string, string>();
    const work = async (task: number): Promise<void> => {
      for (let turn = 0; turn < CALLS; turn += 1) {
        const asked = `task ${task} call ${task * CALLS + turn}`;
        const context = { task: `t${task}`, stage: 'test', ...(signal ? { signal } : {}) };
        const reply = await model.call({ messages: [{ role: 'user', content: asked }] }, context);
        answers.set(asked, reply.message.content);
      }
    };
    await Promise.allSettled(Array.from({ length: TASKS }, (_, task) => work(task)));
    const tasks = Array.from({ length: TASKS }, (_, task) => ledger.ofTask(`t${task}`).costUsd);
    return { answers, costUsd: ledger.total().costUsd, tasks };
  };
  // The first sitting is stopped on the way, the second one goes on.
  const first = await sitting(AbortSignal.timeout(1200));
  expect(first.answers.size).toBeLessThan(TASKS * CALLS);
  const second = await sitting(undefined);
  expect(second.answers.size).toBe(TASKS * CALLS);
  for (const [asked, answer] of second.answers) expect(answer).toBe(`answer to ${asked}`);
  expect(second.costUsd).toBeCloseTo(
    second.tasks.reduce((sum, cost) => sum + cost, 0),
    9,
  );

  await using calls = await openCallFile(path);
  const usable = new Map<string, number>();
  const recorded: TokenUsage[] = [];
  for await (const call of calls.list()) {
    if (call.usage) recorded.push(call.usage);
    usable.set(call.hash, (usable.get(call.hash) ?? 0) + (call.usage?.output ? 1 : 0));
  }
  expect(Math.max(...usable.values())).toBe(1);
  // What was on its way at the stop may have been charged without reaching us: nothing else.
  expect(server.charged.length - recorded.length).toBeLessThanOrEqual(32);
  expect(second.costUsd).toBeCloseTo(costOf(recorded), 9);
  // A third sitting asks for nothing.
  const before = server.requests.length;
  const third = await sitting(undefined);
  expect(third.answers).toEqual(second.answers);
  expect(third.costUsd).toBe(second.costUsd);
  expect(server.requests.length).toBe(before);
});

test('without a stop, the account agrees with the server to the cent', async () => {
  await using server = await startModelServer({ script: faulty() });
  const { model, ledger } = await openModel({
    model: 'tiny',
    baseUrl: server.baseUrl,
    environment: {},
    prices: { tiny: price },
    concurrency: 32,
    requestTimeoutMs: 3000,
    retry: { retries: 20, firstWaitMs: 2, longestWaitMs: 20 },
  });
  const replies = await Promise.all(
    Array.from({ length: TASKS * CALLS }, (_, call) =>
      model.call(
        { messages: [{ role: 'user', content: `call ${call}` }] },
        { task: `t${call % TASKS}` },
      ),
    ),
  );
  expect(replies).toHaveLength(TASKS * CALLS);
  expect(server.requests.length).toBeGreaterThan(TASKS * CALLS * 1.3);
  expect(ledger.total().calls).toBe(server.charged.length);
  expect(ledger.total().costUsd).toBeCloseTo(costOf(server.charged), 9);
});

test('a run killed at any moment goes on without paying again', async () => {
  await using server = await startModelServer({
    script: ({ messages }) => ({ text: `answer to ${messages[0]?.content}`, delayMs: 5 }),
  });
  const room = fileURLToPath(new URL('.', import.meta.url));
  const path = join(folder, 'calls.jsonl');
  const program = join(folder, 'run.ts');
  await writeFile(
    program,
    `import { openCallFile } from ${JSON.stringify(join(room, 'call-file.ts'))};
import { openModel } from ${JSON.stringify(join(room, 'open-model.ts'))};
const calls = await openCallFile(${JSON.stringify(path)});
const { model } = await openModel({ model: 'tiny', baseUrl: ${JSON.stringify(server.baseUrl)}, environment: {}, calls, concurrency: 4 });
await Promise.all(Array.from({ length: 300 }, (_, call) => model.call({ messages: [{ role: 'user', content: 'call ' + call }] })));
console.log('all done');
`,
  );
  const start = (): ChildProcess =>
    spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  for (let kills = 0; kills < 3; kills += 1) {
    const child = start();
    const before = server.charged.length;
    while (server.charged.length < before + 40) await sleep(5);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
  }
  const last = start();
  let output = '';
  last.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => last.on('exit', resolve));
  expect(output).toContain('all done');
  const asked = server.requests.map(({ body }) => body);
  // Only the four under way at each kill can have been lost.
  expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(3 * 4);
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(new Set(lines.map((line) => line.slice(0, 200))).size).toBeGreaterThanOrEqual(300);
});
