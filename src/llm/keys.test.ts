// A key must not turn up anywhere: not in errors, accounts, trajectories or prompts, whoever repeats it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Model } from '../core/model.ts';
import { startModelServer } from '../testing/model-server.ts';
import type { Script } from '../testing/scripted-model.ts';
import { openCallFile } from './call-file.ts';
import { openModel } from './open-model.ts';
import { createRedact, likelySecrets } from './secrets.ts';

const KEY = 'sk-live-abcdefghijklmnop';
const OTHER = 'other-token-0123456789';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function withModel(
  script: Script,
  options: { key: string; streaming?: boolean },
  body: (model: Model, sent: () => string, account: () => Promise<string>) => Promise<void>,
): Promise<void> {
  await using server = await startModelServer({ script, key: KEY });
  const path = join(folder, 'calls.jsonl');
  await using calls = await openCallFile(path);
  const { model } = await openModel({
    model: 'tiny',
    baseUrl: server.baseUrl,
    streaming: options.streaming ?? false,
    environment: { OPENAI_API_KEY: options.key, GITHUB_TOKEN: OTHER },
    retry: { retries: 1, firstWaitMs: 1 },
    calls,
  });
  await body(
    model,
    () => server.requests.map((request) => request.body).join('\n'),
    async () => `${await readFile(path, 'utf8')}${inspect(await packed(calls), { depth: 9 })}`,
  );
}

async function packed(calls: Awaited<ReturnType<typeof openCallFile>>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { hash } of calls.list()) all.push(await calls.read(hash));
  return all;
}

const everything = (error: unknown): string =>
  `${inspect(error, { depth: 20, showHidden: true })}${JSON.stringify(error)}${(error as Error).stack}`;

test('a refused key is not repeated by the error, though the server repeats it', async () => {
  const wrong = 'sk-wrong-0123456789';
  await withModel([{ text: 'never' }], { key: wrong }, async (model) => {
    const error: unknown = await model
      .call({ messages: [{ role: 'user', content: 'x' }] })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'model-unauthorized' });
    expect(everything(error)).toContain('[key removed]');
    expect(everything(error)).not.toContain(wrong);
  });
});

test('other failures do not carry the request and its headers around', async () => {
  for (const turn of [{ status: 500, message: KEY }, { body: KEY }, { streamError: KEY }]) {
    await withModel([turn], { key: KEY }, async (model) => {
      const error: unknown = await model
        .call({ messages: [{ role: 'user', content: 'x' }] })
        .catch((error: unknown) => error);
      expect(everything(error)).not.toContain(KEY);
    });
  }
});

test.each([false, true])(
  'a server that says keys is not written down (streamed: %s)',
  async (streaming) => {
    const script: Script = [
      {
        text: `your key is ${KEY}`,
        reasoning: `I see ${KEY} and ${OTHER}`,
        calls: [{ name: 'bash', arguments: { command: `curl -H "${KEY}"`, [KEY]: 1 } }],
      },
    ];
    await withModel(script, { key: KEY, streaming }, async (model, _sent, account) => {
      const reply = await model.call({ messages: [{ role: 'user', content: 'x' }] });
      for (const text of [JSON.stringify(reply.message), await account()]) {
        expect(text).not.toContain(KEY);
        expect(text).not.toContain(OTHER);
      }
      expect(reply.message.content).toBe('your key is [key removed]');
      expect(reply.raw.response).not.toContain(streaming ? KEY.slice(0, 7) : KEY);
    });
  },
);

test('a prompt that holds a key is sent without it', async () => {
  await withModel([{ text: 'ok' }], { key: KEY }, async (model, sent, account) => {
    await model.call({ messages: [{ role: 'user', content: `.env says ${KEY}` }] });
    expect(sent()).toContain('.env says [key removed]');
    expect(sent()).not.toContain(KEY);
    expect(await account()).not.toContain(KEY);
  });
});

test('keys are known by their variable, and short values are left alone', () => {
  const secrets = likelySecrets({
    OPENAI_API_KEY: 'aaaaaaaaaa11',
    HF_TOKEN: 'bbbbbbbbbb11',
    AWS_SECRET_ACCESS_KEY: 'cccccccccc/ccccccccccccccc',
    'x-api-key': 'eeeeeeeeee11',
    Authorization: 'Bearer ffffffffff11',
    HOME: '/home/user-name',
    KEYBOARD: 'dddddddddd11',
    DB_PASSWORD: 'password',
    SSH_KEY: '/home/user-name/.ssh/id_rsa_of_2024',
  });
  const redact = createRedact(secrets);
  const keys = 'aaaaaaaaaa11 bbbbbbbbbb11 cccccccccc/ccccccccccccccc eeeeeeeeee11 ffffffffff11';
  expect(redact(keys)).toBe(Array.from({ length: 5 }, () => '[key removed]').join(' '));
  const words = '/home/user-name dddddddddd11 password /home/user-name/.ssh/id_rsa_of_2024';
  expect(redact(words)).toBe(words);
  const clean = { a: ['x'], b: { c: 1 } };
  expect(redact(clean)).toBe(clean);
});

test('a key inside another, and one with characters that JSON escapes', () => {
  const redact = createRedact(['12345678', '1234567890', 'pa"ss\\word']);
  expect(redact('1234567890')).toBe('[key removed]');
  expect(redact(JSON.stringify({ x: 'pa"ss\\word' }))).toBe('{"x":"[key removed]"}');
});
