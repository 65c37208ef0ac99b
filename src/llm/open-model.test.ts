// Talks to the scripted server over HTTP: what goes out, what comes back, what it costs.
import { expect, test } from 'vitest';
import { ModelError } from '../core/model.ts';
import type { ModelRequest } from '../core/schema/model.ts';
import { startModelServer } from '../testing/model-server.ts';
import type { Script } from '../testing/scripted-model.ts';
import { type ModelSettings, openModel } from './open-model.ts';

const KEY = 'sk-test-0123456789abcdef';
const fast = { firstWaitMs: 5, longestWaitMs: 10 };
const hello: ModelRequest = { messages: [{ role: 'user', content: 'Hello' }] };
const prices = { '*': { input: 2, cachedInput: 1, output: 8 } };

async function withServer(
  script: Script,
  body: (parts: {
    server: Awaited<ReturnType<typeof startModelServer>>;
    open: (settings?: Partial<ModelSettings>) => ReturnType<typeof openModel>;
  }) => Promise<void>,
): Promise<void> {
  await using server = await startModelServer({ script, key: KEY });
  const open = (settings: Partial<ModelSettings> = {}): ReturnType<typeof openModel> =>
    openModel({
      model: 'tiny',
      baseUrl: server.baseUrl,
      environment: { SWEMINT_API_KEY: KEY },
      prices,
      retry: fast,
      ...settings,
    });
  await body({ server, open });
}

for (const streaming of [false, true]) {
  const mode = streaming ? 'streamed' : 'plain';

  test(`${mode}: text, reasoning, parallel calls, usage, cost and the raw bytes come back`, async () => {
    const usage = { input: 1000, cachedInput: 400, output: 50, reasoning: 20 };
    const calls = [
      { name: 'bash', arguments: { command: 'ls "ä"' }, id: 'a' },
      { name: 'bash', arguments: '{"command": oops', id: 'b' },
    ];
    await withServer(
      [{ text: 'Looking.', reasoning: 'Hm, ü.', calls, usage }],
      async ({ server, open }) => {
        const { model, ledger } = await open({ streaming });
        const reply = await model.call(
          {
            ...hello,
            tools: [{ name: 'bash', description: 'runs', parameters: { type: 'object' } }],
          },
          { stage: 'rollout', task: 't1' },
        );
        expect(reply.message).toEqual({
          role: 'assistant',
          content: 'Looking.',
          reasoning: 'Hm, ü.',
          toolCalls: [
            {
              id: 'a',
              name: 'bash',
              arguments: JSON.stringify({ command: 'ls "ä"' }),
            },
            { id: 'b', name: 'bash', arguments: '{"command": oops' },
          ],
        });
        expect(reply).toMatchObject({
          finish: 'tool-calls',
          attempts: 1,
          cached: false,
          model: 'tiny',
        });
        expect(reply.usage).toEqual({ ...usage, cacheWrite: 0 });
        expect(reply.costUsd).toBeCloseTo((600 * 2 + 400 * 1 + 50 * 8) / 1e6, 12);
        expect(reply.raw.request).toBe(server.requests[0]?.body);
        expect(reply.raw.response).toContain('Looking.'.slice(0, 5));
        expect(ledger.ofTask('t1').costUsd).toBe(reply.costUsd);
        expect(ledger.byStage().get('rollout')?.calls).toBe(1);
      },
    );
  });

  test(`${mode}: what may pass is tried again, and unusable replies are charged`, async () => {
    const script: Script = [
      { status: 429, retryAfter: 0 },
      { status: 503 },
      { status: 500, message: 'oops' },
      { cut: 'at-once' },
      { cut: 'mid-body', reply: { text: 'x'.repeat(500) } },
      { empty: true },
      { body: '<html>busy</html>' },
      { streamError: 'worker died' },
      { text: 'done' },
    ];
    await withServer(script, async ({ server, open }) => {
      const { model, ledger } = await open({ streaming });
      const reply = await model.call(hello);
      expect(reply.message.content).toBe('done');
      expect(reply.attempts).toBe(9);
      expect(server.requests).toHaveLength(9);
      expect(server.charged).toHaveLength(2);
      expect(ledger.total().calls).toBe(2);
      const charged = server.charged.reduce(
        (sum, { input, output }) => sum + input * 2 + output * 8,
        0,
      );
      expect(ledger.total().costUsd).toBeCloseTo(charged / 1e6, 9);
    });
  });
}

test('a check tells a missing server and a wrong key at once, and pays nothing', async () => {
  await withServer([{ text: 'never' }], async ({ server, open }) => {
    await (await open()).check();
    const wrong = await open({ apiKey: 'sk-wrong-0123456789' });
    const refused: unknown = await wrong.check().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'model-unauthorized' });
    expect((refused as Error).message).not.toContain('sk-wrong');
    const nowhere = await open({ baseUrl: 'http://127.0.0.1:9/v1' });
    await expect(nowhere.check()).rejects.toMatchObject({ code: 'model-unreachable' });
    expect(server.requests).toHaveLength(0);
  });
});

test('waits as long as the server asks', async () => {
  await withServer([{ status: 429, retryAfter: 1 }, { text: 'ok' }], async ({ open }) => {
    const { model } = await open();
    const begun = performance.now();
    await model.call(hello);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1000);
  });
});

test.each([
  [{ status: 401 }, 'model-unauthorized'],
  [{ status: 404 }, 'model-not-found'],
  [{ status: 400, message: 'bad field' }, 'model-refused'],
  [{ contextLimit: 4096 }, 'model-context-limit'],
  [
    { status: 429, code: 'insufficient_quota', message: 'You exceeded your current quota' },
    'model-quota',
  ],
] as const)('%o is not tried again and is %s', async (turn, code) => {
  await withServer([turn], async ({ server, open }) => {
    const { model } = await open();
    const error: unknown = await model.call(hello).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).code).toBe(code);
    expect(server.requests).toHaveLength(1);
  });
});
