// Small conversions between the AI SDK and us, and the reading of servers' headers.
import { expect, test } from 'vitest';
import { resolveEndpoint } from '../endpoint.ts';
import { classify } from './errors.ts';
import { renderPrompt } from './prompt.ts';
import { convertContent } from './reply.ts';
import { parseRetryAfter } from './retry-after.ts';
import { parseRawUsage } from './usage.ts';

test('a malformed call goes back as an object that holds its words', () => {
  const call = { id: 'a', name: 'bash', arguments: '{"command": ' };
  const [message] = renderPrompt([{ role: 'assistant', content: '', toolCalls: [call] }]);
  expect(message?.content).toEqual([
    { type: 'tool-call', toolCallId: 'a', toolName: 'bash', input: { malformed: '{"command": ' } },
  ]);
});

test('answers to one turn are put together, and past reasoning can be left out', () => {
  const prompt = renderPrompt(
    [
      { role: 'assistant', content: 'x', reasoning: 'hm', toolCalls: [] },
      { role: 'tool', callId: 'a', tool: 'bash', content: '1' },
      { role: 'tool', callId: 'b', tool: 'bash', content: '2' },
      { role: 'user', content: 'go on' },
    ],
    false,
  );
  expect(prompt.map(({ role }) => role)).toEqual(['assistant', 'tool', 'user']);
  expect(JSON.stringify(prompt)).not.toContain('hm');
});

test('calls with the same id, or none, get their own', () => {
  const call = (toolCallId: string) =>
    ({ type: 'tool-call', toolCallId, toolName: 'bash', input: '{}' }) as const;
  const { toolCalls } = convertContent([call('a'), call('a'), call('')]);
  expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(3);
});

test('waits are read in milliseconds, seconds and as dates', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(parseRetryAfter({ 'retry-after-ms': '250' })).toBe(250);
  expect(parseRetryAfter({ 'retry-after': '1.5' })).toBe(1500);
  expect(parseRetryAfter({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, now)).toBe(30_000);
  expect(parseRetryAfter({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, now)).toBe(0);
  expect(parseRetryAfter({ 'retry-after': 'soon' })).toBeUndefined();
  expect(parseRetryAfter({ 'retry-after': '-1' })).toBeUndefined();
  expect(parseRetryAfter(undefined)).toBeUndefined();
});

test('usage is found in a body and in a stream', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: null };
  const expected = { input: 5, cachedInput: 0, cacheWrite: 0, output: 2, reasoning: 0 };
  expect(parseRawUsage(JSON.stringify({ choices: [], usage }))).toEqual(expected);
  expect(
    parseRawUsage(`data: {"x":1}\n\ndata: ${JSON.stringify({ usage })}\n\ndata: [DONE]\n\n`),
  ).toEqual(expected);
  expect(parseRawUsage('<html>')).toBeUndefined();
});

const tooLong = [
  "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. Please reduce the length of the messages.",
  'prompt is too long: 208310 tokens > 200000 maximum',
  'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  'Input is too long for requested model.',
  'the request exceeds the available context size. try increasing the context size',
  "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
  'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
  'Your input exceeds the context window of this model.',
];

test.each(tooLong)('"%s" is a context limit', (words) => {
  expect(classify(400, words)).toBe('model-context-limit');
});

test('other complaints about tokens are not', () => {
  expect(
    classify(
      400,
      'max_tokens is too large: 200000. This model supports at most 128000 completion tokens',
    ),
  ).toBe('model-refused');
  expect(classify(400, 'Invalid value for temperature')).toBe('model-refused');
  expect(classify(429, 'Rate limit reached on tokens per min. Limit 30000, used 29000')).toBe(
    'model-rate-limit',
  );
  expect(
    classify(429, 'Request too large for gpt-4o on tokens per min. Limit 30000, requested 40000'),
  ).toBe('model-context-limit');
});

test('keys and addresses are found in order', () => {
  const all = { SWEMINT_API_KEY: 'one', OPENAI_API_KEY: 'two', QIANFAN_BEARER_TOKEN: 'three' };
  const at = { LLM_BASE_URL: 'http://somewhere/v1/' };
  expect(resolveEndpoint({}, { ...all, ...at })).toEqual({
    baseUrl: 'http://somewhere/v1',
    apiKey: 'one',
  });
  expect(resolveEndpoint({}, { OPENAI_API_KEY: ' two ', ...at }).apiKey).toBe('two');
  expect(
    resolveEndpoint({}, { SWEMINT_API_KEY: '', QIANFAN_BEARER_TOKEN: 'three', ...at }).apiKey,
  ).toBe('three');
  expect(resolveEndpoint({ apiKey: 'own', baseUrl: 'https://x/v1' }, { ...all, ...at })).toEqual({
    baseUrl: 'https://x/v1',
    apiKey: 'own',
  });
  expect(resolveEndpoint({ baseUrl: 'http://localhost:1/v1' }, {}).apiKey).toBeUndefined();
  expect(() => resolveEndpoint({}, {})).toThrow(/no key/);
  expect(() => resolveEndpoint({ baseUrl: 'http://me:secret@host/v1' }, all)).toThrow(/user name/);
  for (const baseUrl of ['localhost:8000', 'ftp://x', '']) {
    expect(() => resolveEndpoint({ baseUrl }, all)).toThrow(/not an http/);
  }
});
