// Models over HTTP through the command line: one that answers, and every way in which it cannot.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../testing/command-line.ts';
import { type ModelServer, startModelServer } from '../testing/model-server.ts';

const KEY = 'sk-test-0123456789abcdef';
const OWN_VARIABLES = ['OPENAI_API_KEY', 'QIANFAN_BEARER_TOKEN', 'LLM_BASE_URL', 'OPENAI_BASE_URL'];
const environment = {
  ...Object.fromEntries(OWN_VARIABLES.map((name) => [name, ''])),
  SWEMINT_API_KEY: KEY,
};

let folder: string;
let server: ModelServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-model-'));
  server = await startModelServer({ script: () => ({ text: 'ready' }), key: KEY, model: 'tiny' });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const doctor = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommandLine(['doctor', '--json', ...args], folder, { ...environment, ...env });

test('a model that answers, with what that cost', async () => {
  const prices = `model.prices=${JSON.stringify({ tiny: { input: 1, output: 2 } })}`;
  const args = ['--model', 'tiny', '--base-url', server.baseUrl, '--budget-usd', '1'];
  const { exitCode, stdout, stderr } = await doctor([...args, '--set', prices]);
  expect(exitCode).toBe(0);
  const { model } = JSON.parse(stdout) as { model: object };
  expect(model).toMatchObject({ name: 'tiny', ok: true });
  expect(model).toMatchObject({ detail: expect.stringMatching(/answers in .* for \$0\.0000/) });
  expect(`${stdout}${stderr}`).not.toContain(KEY);
});

test('a configured model that is not there is a finding; nothing is asked', async () => {
  const before = server.requests.length;
  const file = join(folder, 'own.json');
  await writeFile(file, JSON.stringify({ model: { name: 'tiny', baseUrl: server.baseUrl } }));
  const reached = await doctor(['--config', file]);
  expect(JSON.parse(reached.stdout)).toMatchObject({ model: { ok: true } });
  const refused = await doctor(['--config', file], { SWEMINT_API_KEY: 'sk-wrong-0123456789' });
  expect(refused.exitCode).toBe(0);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    model: { ok: false, detail: expect.stringMatching(/does not accept the key/) },
  });
  expect(server.requests).toHaveLength(before);
});

test.each([
  ['wrong key', ['tiny'], { SWEMINT_API_KEY: 'sk-wrong-0123456789' }, 'model-unauthorized', /key/],
  ['unknown model', ['tinier'], {}, 'model-not-found', /tinier is not known/],
  [
    'no server',
    ['tiny', '--base-url', 'http://127.0.0.1:9/v1'],
    {},
    'model-unreachable',
    /reached/,
  ],
  ['no address', ['tiny', '--base-url', 'localhost'], {}, 'bad-base-url', /not an http/],
  ['budget without price', ['tiny', '--budget-usd', '1'], {}, 'no-price', /price of tiny/],
  ['budget that is none', ['tiny', '--budget-usd', 'much'], {}, 'bad-config', /model\.budget\.run/],
  ['no package', ['cohere:large'], {}, 'missing-provider', /@ai-sdk\/cohere/],
  ['no module', ['./mine.mjs'], {}, 'unknown-model', /mine\.mjs/],
  ['no key', ['gpt-5'], { SWEMINT_API_KEY: '', SWEMINT_BASE_URL: '' }, 'no-api-key', /no key/],
] as const)('%s: one sentence, exit code 2', async (_name, args, env, code, message) => {
  const { exitCode, stdout, stderr } = await doctor(['--model', ...args], {
    SWEMINT_BASE_URL: server.baseUrl,
    ...env,
  });
  expect(exitCode).toBe(2);
  const { error } = JSON.parse(stdout) as {
    error: { code: string; message: string; hint: string };
  };
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(/\w+ \w+/);
  expect(`${stdout}${stderr}`).not.toMatch(/sk-(?:test|wrong)-\d|"raw"|\n\s+at /);
});
