// Provider packages are loaded from the user's own folder, whatever version of the interface they speak.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openModel } from '../open-model.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-provider-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(name: string, source: string): Promise<void> {
  const home = join(folder, 'node_modules', name);
  await mkdir(home, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{}');
  const manifest = { name, version: '1.0.0', type: 'module', exports: './index.js' };
  await writeFile(join(home, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(home, 'index.js'), source);
}

// Answers with what it was given; speaks an earlier version of the AI SDK's interface.
const anthropic = `export const createAnthropic = (settings) => (modelId) => ({
  specificationVersion: 'v3', provider: 'anthropic', modelId, supportedUrls: {},
  doGenerate: async ({ prompt, providerOptions }) => ({
    content: [{ type: 'text', text: JSON.stringify({ modelId, key: settings.apiKey, prompt, providerOptions }) }],
    finishReason: { unified: 'stop', raw: 'end_turn' },
    usage: {
      inputTokens: { total: 10, noCache: 6, cacheRead: 3, cacheWrite: 1 },
      outputTokens: { total: 5, text: 5, reasoning: 0 },
    },
    warnings: [],
  }),
});`;

test('an installed provider answers, priced by its own kinds of tokens', async () => {
  await install('@ai-sdk/anthropic', anthropic);
  const { model, ledger } = await openModel({
    model: 'anthropic:claude-sonnet-4-5',
    folder,
    environment: { SWEMINT_API_KEY: 'sk-secret-0123456789' },
    body: { thinking: { type: 'enabled' } },
  });
  const reply = await model.call({ messages: [{ role: 'user', content: 'hello' }] });
  const seen = JSON.parse(reply.message.content) as Record<string, unknown>;
  expect(seen).toMatchObject({
    modelId: 'claude-sonnet-4-5',
    key: '[key removed]',
    providerOptions: { anthropic: { thinking: { type: 'enabled' } } },
  });
  expect(reply.usage).toEqual({
    input: 10,
    cachedInput: 3,
    cacheWrite: 1,
    output: 5,
    reasoning: 0,
  });
  expect(ledger.total().costUsd).toBeCloseTo((6 * 3 + 3 * 0.3 + 1 * 3.75 + 5 * 15) / 1e6, 9);
});

test('a provider that caches on request is asked to', async () => {
  await install('@ai-sdk/anthropic', anthropic);
  const { model } = await openModel({ model: 'anthropic:claude-x', folder, environment: {} });
  const reply = await model.call({
    messages: [
      { role: 'system', content: 'rules' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two', toolCalls: [] },
      { role: 'user', content: 'three' },
    ],
  });
  const { prompt } = JSON.parse(reply.message.content) as {
    prompt: { providerOptions?: object }[];
  };
  const marked = prompt.map(({ providerOptions }) => providerOptions !== undefined);
  expect(marked).toEqual([true, false, true, true]);
});

test('a provider that is not installed is named with its command', async () => {
  await expect(
    openModel({ model: 'mistral:large', folder, environment: {} }),
  ).rejects.toMatchObject({
    code: 'missing-provider',
    hint: 'Run: npm install @ai-sdk/mistral',
  });
});

test('a package that breaks or lacks its door says so', async () => {
  await install('@ai-sdk/groq', 'throw new Error("broken inside");');
  await expect(openModel({ model: 'groq:x', folder, environment: {} })).rejects.toThrow(
    /broken inside/,
  );
  await install('@ai-sdk/xai', 'export const other = 1;');
  await expect(openModel({ model: 'xai:x', folder, environment: {} })).rejects.toThrow(
    /no createXai/,
  );
});

test("a path is a module of the user's own", async () => {
  const path = join(folder, 'mine.mjs');
  await writeFile(
    path,
    `export default { name: 'mine', call: async () => { throw new Error('reached'); } };`,
  );
  const { model } = await openModel({ model: path, environment: {} });
  await expect(model.call({ messages: [{ role: 'user', content: 'x' }] })).rejects.toThrow(
    'reached',
  );
  await writeFile(join(folder, 'none.mjs'), 'export const x = 1;');
  await expect(
    openModel({ model: join(folder, 'none.mjs'), environment: {} }),
  ).rejects.toMatchObject({
    code: 'unknown-model',
  });
});

test('a plain name with a colon is a name', async () => {
  const { model } = await openModel({
    model: 'llama3:8b',
    baseUrl: 'http://127.0.0.1:9/v1',
    environment: {},
  });
  expect(model.name).toBe('llama3:8b');
});
