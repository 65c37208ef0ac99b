// The configured model: opened when asked for, paid once however often a run is killed, no key left behind.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { modelConfig, type ModelConfig } from './config/model.ts';
import { canonicalSettings, scaleConfig } from './config/schema.ts';
import { loadConfig } from './config/load.ts';
import type { SwemintEvent } from './core/events.ts';
import { modelSettings, noModel, prepareModel } from './kit.ts';
import { startModelServer } from './testing/model-server.ts';

const KEY = 'sk-test-0123456789abcdef';
const ask = (content: string) => ({ messages: [{ role: 'user' as const, content }] });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-kit-'));
  vi.stubEnv('SWEMINT_API_KEY', KEY);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const events: SwemintEvent[] = [];
const prepare = (config: ModelConfig) =>
  prepareModel({
    config,
    callFile: join(folder, 'model-calls.jsonl'),
    emit: (event) => events.push(event),
  });

test('a model that nobody asks for leaves no file; one that is missing is named with its flags', async () => {
  {
    await using hand = prepare(modelConfig.parse({ name: 'tiny' }));
    expect(hand.open).toBeTypeOf('function');
  }
  await using hand = prepare(modelConfig.parse({}));
  await expect(hand.open()).rejects.toMatchObject({
    code: 'no-model',
    hint: expect.stringMatching(/--model .*--base-url .*SWEMINT_API_KEY/),
  });
  await expect(noModel()).rejects.toMatchObject({ code: 'no-model' });
  expect(await readdir(folder)).toEqual([]);
});

test('what was paid before a kill is not paid again, and counts for the budget', async () => {
  await using server = await startModelServer({ script: () => ({ text: 'ok' }), key: KEY });
  const prices = { tiny: { input: 1000, output: 1000 } };
  const config = (run: number): ModelConfig =>
    modelConfig.parse({
      name: 'tiny',
      baseUrl: server.baseUrl,
      prices,
      sampling: { maxOutputTokens: 10 },
      budget: { run },
    });
  let spent: number;
  {
    await using hand = prepare(config(1));
    const { model, ledger } = await hand.open();
    expect((await hand.open()).model).toBe(model);
    await model.call(ask('one'));
    spent = ledger.total().costUsd;
    expect(spent).toBeGreaterThan(0);
  }
  // As a kill leaves it: the last line torn.
  await writeFile(join(folder, 'model-calls.jsonl'), '{"version":1,"ha', { flag: 'a' });
  await using again = prepare(config(spent + 0.001));
  const { model, ledger } = await again.open();
  expect(events.at(-1)).toMatchObject({ type: 'warning', code: 'torn-calls' });
  expect((await model.call(ask('one'))).cached).toBe(true);
  expect(ledger.total().costUsd).toBe(spent);
  await expect(model.call(ask('two'))).rejects.toMatchObject({ code: 'budget-exhausted' });
  expect(server.requests).toHaveLength(1);
  expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ max_tokens: 10 });
  expect(await readFile(join(folder, 'model-calls.jsonl'), 'utf8')).not.toContain(KEY);
});

test('keys are read from the variables that the settings name, headers included', () => {
  const config = modelConfig.parse({
    name: 'tiny',
    keyVariable: 'MY_KEY',
    headers: { 'api-key': 'Token $MY_OTHER' },
  });
  const environment = { MY_KEY: 'one', MY_OTHER: 'two', SWEMINT_API_KEY: 'three' };
  expect(modelSettings(config, environment)).toMatchObject({
    apiKey: 'one',
    headers: { 'api-key': 'Token two' },
  });
  expect(() => modelSettings(config, { MY_KEY: 'one' })).toThrow(/MY_OTHER is not set/);
});

test('the model changes nothing about a run that does not ask it', async () => {
  const flags = { model: { name: 'tiny', baseUrl: undefined, budget: { run: 3 } } };
  const config = await loadConfig({ cwd: folder, assignments: ['model.budget.task=1'], flags });
  expect(config.model).toMatchObject({ name: 'tiny', baseUrl: null, budget: { run: 3, task: 1 } });
  expect(canonicalSettings(config, [])).toBe(canonicalSettings(scaleConfig.parse({}), []));
});
