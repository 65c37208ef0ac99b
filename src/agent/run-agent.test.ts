// The loop with a scripted model and small tools: every outcome, every kind of wrong call, saving and going on.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool, type Tool } from '../core/agent.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { SwemintError } from '../core/errors.ts';
import { type Script, type ScriptedReply, scriptedModel } from '../testing/scripted-model.ts';
import bashFormat from './formats/bash.ts';
import xmlFormat from './formats/xml.ts';
import { keepLastOutputs } from './history.ts';
import { runAgent } from './run-agent.ts';
import type { AgentSettings } from './settings.ts';
import { costLimit, formatErrorLimit, stepLimit, timeLimit } from './stop-rules.ts';
import stop from './tools/stop.ts';
import submit from './tools/submit.ts';
import { collectTrajectory, messagesOf, rawRequestsOf } from './trajectory.ts';
import { openWorkbench } from './workbench.ts';

// The loop itself never touches the sandbox, and these tools do not either.
const nowhere = { root: '/repo' } as Sandbox;

const echo = defineTool({
  name: 'echo',
  description: 'Says it again.',
  parameters: z.object({ text: z.string(), times: z.number().int().default(1) }),
  readOnly: true,
  run: ({ text, times }) => Promise.resolve({ content: text.repeat(times) }),
});

const system = { role: 'system', content: 'You are tested.' } as const;
const user = { role: 'user', content: 'Do it.' } as const;

function run(script: Script, settings: Partial<AgentSettings> = {}): ReturnType<typeof runAgent> {
  return runAgent({
    model: scriptedModel(script, { costUsd: 0.5 }),
    tools: [echo, submit, stop],
    bench: openWorkbench({ sandbox: nowhere }),
    messages: [system, user],
    ...settings,
  });
}

const say = (text: string, times = 1): ScriptedReply => ({
  calls: [{ name: 'echo', arguments: { text, times } }],
});
const done: ScriptedReply = { calls: [{ name: 'submit', arguments: { summary: 'ok' } }] };

test('runs tools until submit, and keeps the whole transcript', async () => {
  const kept = collectTrajectory();
  const result = await run([say('a', 2), done], { save: kept.save, task: 't' });
  expect(result).toMatchObject({ outcome: 'finished', submission: 'ok', tool: 'submit' });
  expect(result.messages.map(({ role }) => role)).toEqual([
    'system',
    'user',
    'assistant',
    'tool',
    'assistant',
    'tool',
  ]);
  expect(result.messages[3]).toMatchObject({ content: 'aa', tool: 'echo' });
  const trajectory = kept.read();
  expect(trajectory.end).toMatchObject({ outcome: 'finished', steps: 2, costUsd: 1 });
  expect(messagesOf(trajectory)).toEqual(result.messages);
  expect(trajectory.steps[0]?.actions[0]).toMatchObject({
    input: { text: 'a', times: 2 },
    observation: 'aa',
    status: 'done',
  });
});

test('a reply without a call finishes, with its text as the submission', async () => {
  expect(await run([{ text: 'All done.' }])).toMatchObject({
    outcome: 'finished',
    submission: 'All done.',
  });
});

test('an empty or filtered reply does not finish', async () => {
  const script: Script = [{ text: ' ' }, { text: 'I', finish: 'content-filter' }, done];
  const result = await run(script);
  expect(result).toMatchObject({ outcome: 'finished', tool: 'submit' });
  expect(result.messages.filter(({ role }) => role === 'user')).toHaveLength(3);
});

test('what has finished is not asked again', async () => {
  const kept = collectTrajectory();
  const first = await run([say('a'), done], { save: kept.save });
  const again = await run([{ status: 500 }], {
    resume: { trajectory: kept.read(), sandbox: 'fresh' },
  });
  expect(again).toEqual(first);
});

test.each([
  ['by a tool', done],
  ['by giving up', { calls: [{ name: 'stop', arguments: { summary: 'no way' } }] }],
  ['in words', { text: 'All done.' }],
] as const)('killed before the end was written (%s), it is not asked again', async (_, last) => {
  const kept = collectTrajectory();
  const first = await run([say('a'), last], { save: kept.save });
  const again = await run([{ status: 500 }], {
    resume: { trajectory: { ...kept.read(), end: null }, sandbox: 'fresh' },
  });
  expect(again).toEqual(first);
});

test('or is reminded, when it must act', async () => {
  const result = await run([{ text: 'Hm.' }, done], { withoutCall: 'remind' });
  expect(result.outcome).toBe('finished');
  expect(result.messages[3]).toMatchObject({ role: 'user' });
});

test('giving up is `stopped`', async () => {
  const script: Script = [{ calls: [{ name: 'stop', arguments: { summary: 'no way' } }] }];
  expect(await run(script)).toMatchObject({
    outcome: 'stopped',
    submission: 'no way',
    tool: 'stop',
  });
});

test('unknown tools and wrong arguments are answered, and the run goes on', async () => {
  const script: Script = [
    {
      calls: [
        { name: 'r2e_search', arguments: {} },
        { name: 'echo', arguments: '{"text": ' },
        { name: 'echo', arguments: '[1]' },
        { name: 'echo', arguments: { text: 5 } },
        { name: 'echo', arguments: { text: 'fine' } },
        { name: '__proto__', arguments: {} },
      ],
    },
    done,
  ];
  const kept = collectTrajectory();
  const result = await run(script, { save: kept.save });
  expect(result.outcome).toBe('finished');
  const [first] = kept.read().steps;
  expect(first?.actions.map(({ status }) => status)).toEqual([
    'unknown-tool',
    'bad-arguments',
    'bad-arguments',
    'bad-arguments',
    'done',
    'unknown-tool',
  ]);
  expect(first?.actions[0]?.observation).toContain('echo, submit, stop');
  expect(first?.actions[1]?.observation).toContain('not valid JSON');
  expect(first?.actions[3]?.observation).toContain('text');
});

test('turns that cannot be acted on end as `format-errors`, unless one works between', async () => {
  const bad: ScriptedReply = { calls: [{ name: 'nope', arguments: {} }] };
  const rules = [formatErrorLimit(2), stepLimit(20)];
  expect(await run([bad, bad, done], { stopWhen: rules })).toMatchObject({
    outcome: 'format-errors',
  });
  expect(await run([bad, say('x'), bad, done], { stopWhen: rules })).toMatchObject({
    outcome: 'finished',
  });
});

test('limits of steps, cost and time', async () => {
  expect(await run([say('x')], { stopWhen: [stepLimit(3)] })).toMatchObject({
    outcome: 'step-limit',
    progress: { steps: 3 },
  });
  expect(await run([say('x')], { stopWhen: [costLimit(1)] })).toMatchObject({
    outcome: 'cost-limit',
    progress: { steps: 2, costUsd: 1 },
  });
  const slow: Script = [{ ...say('x'), delayMs: 10_000 }];
  const begun = performance.now();
  expect(await run(slow, { stopWhen: [timeLimit(50)] })).toMatchObject({ outcome: 'time-limit' });
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('an abort ends at once, whatever is under way', async () => {
  const sleeper = defineTool({
    name: 'sleeper',
    description: 'Never ends and does not listen.',
    parameters: z.object({}),
    run: () => new Promise(() => {}),
  });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  const result = await run([{ calls: [{ name: 'sleeper', arguments: {} }] }], {
    tools: [sleeper],
    signal: controller.signal,
  });
  expect(result.outcome).toBe('aborted');
});

test('a tool that takes too long is cut, and the run goes on', async () => {
  const slow: Tool = { ...sleepless(), timeoutMs: 20 };
  const kept = collectTrajectory();
  const result = await run([{ calls: [{ name: 'slow', arguments: {} }] }, done], {
    tools: [slow, submit],
    save: kept.save,
  });
  expect(result.outcome).toBe('finished');
  expect(kept.read().steps[0]?.actions[0]?.status).toBe('timed-out');
});

function sleepless(): Tool {
  return defineTool({
    name: 'slow',
    description: 'Waits for its signal.',
    parameters: z.object({}),
    run: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cut')));
      }),
  });
}

test('what a file is not is told to the model; what the sandbox cannot do ends as `error`', async () => {
  const failing = (code: string): Tool =>
    defineTool({
      name: 'failing',
      description: 'Fails.',
      parameters: z.object({}),
      run: () => Promise.reject(new SwemintError(code, 'It went wrong.')),
    });
  const script: Script = [{ calls: [{ name: 'failing', arguments: {} }] }, done];
  const tools = (code: string): Tool[] => [failing(code), submit];
  expect(await run(script, { tools: tools('no-such-file') })).toMatchObject({
    outcome: 'finished',
  });
  expect(await run(script, { tools: tools('sandbox-broken') })).toMatchObject({
    outcome: 'error',
    reason: 'It went wrong.',
  });
});

test('a conversation that is too long sheds old outputs first, then ends as `context-limit`', async () => {
  let limit = 900;
  let refused = 0;
  const script: Script = ({ messages, index }) => {
    if (JSON.stringify(messages).length > limit) refused += 1;
    if (JSON.stringify(messages).length > limit) return { contextLimit: limit };
    return index > 12 ? done : say('x', 100);
  };
  expect(await run(script)).toMatchObject({ outcome: 'context-limit' });
  expect(refused).toBe(1);
  limit = 3600;
  expect(await run(script, { history: keepLastOutputs(8) })).toMatchObject({ outcome: 'finished' });
});

test('read-only calls of a turn run side by side, answers stay in order', async () => {
  let running = 0;
  let most = 0;
  const look = (readOnly: boolean): Tool =>
    defineTool({
      name: 'look',
      description: 'Looks.',
      parameters: z.object({ wait: z.number() }),
      readOnly,
      run: async ({ wait }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, wait));
        running -= 1;
        return { content: String(wait) };
      },
    });
  const script: Script = [
    { calls: [30, 10, 20].map((wait) => ({ name: 'look', arguments: { wait } })) },
    done,
  ];
  const result = await run(script, { tools: [look(true), submit] });
  expect(most).toBe(3);
  expect(result.messages.slice(3, 6).map((message) => message.content)).toEqual(['30', '10', '20']);
  most = 0;
  await run(script, { tools: [look(false), submit] });
  expect(most).toBe(1);
});

test('calls after one that ends the work are answered as not run', async () => {
  const script: Script = [
    {
      calls: [
        { name: 'submit', arguments: {} },
        { name: 'echo', arguments: { text: 'late' } },
      ],
    },
  ];
  const result = await run(script);
  expect(result.messages.filter(({ role }) => role === 'tool')).toHaveLength(2);
  expect(result.messages.at(-1)?.content).toContain('Not run');
});

test('of very many calls only the first are run, and all are answered', async () => {
  const calls = Array.from({ length: 100 }, () => ({ name: 'echo', arguments: { text: 'x' } }));
  const kept = collectTrajectory();
  const result = await run([{ calls }, done], { save: kept.save });
  expect(result.outcome).toBe('finished');
  const statuses = kept.read().steps[0]?.actions.map(({ status }) => status) ?? [];
  expect(statuses).toHaveLength(100);
  expect(statuses.filter((status) => status === 'done')).toHaveLength(32);
});

test('long observations are shown clipped and kept whole', async () => {
  const kept = collectTrajectory();
  await run([say('0123456789\n', 1000), done], { save: kept.save, observationLimit: 500 });
  const [action] = kept.read().steps[0]?.actions ?? [];
  expect(action?.observation.length).toBeLessThan(600);
  expect(action?.observation).toMatch(/characters \(\d+ lines\) left out/);
  expect(action?.full).toHaveLength(11_000);
});

test.each(['tools', 'xml', 'bash'])(
  '%s: goes on from any step as if nothing had happened',
  async (name) => {
    const format = { tools: undefined, xml: xmlFormat, bash: bashFormat }[name];
    const replies: Script = ({ messages }) => {
      const turn = messages.filter(({ role }) => role === 'assistant').length;
      if (turn === 4)
        return name === 'xml'
          ? { text: '<function=submit>\n</function>' }
          : name === 'bash'
            ? { text: '```bash\nsubmit\n```' }
            : done;
      const text = `turn ${turn}`;
      if (name === 'xml')
        return { text: `<function=echo>\n<parameter=text>\n${text}\n</parameter>\n</function>` };
      if (name === 'bash') return { text: `\`\`\`bash\necho {"text": "${text}"}\n\`\`\`` };
      return say(text);
    };
    const settings = format ? { format } : {};
    const whole = collectTrajectory();
    const expected = await run(replies, { ...settings, save: whole.save });
    expect(expected.outcome).toBe('finished');
    for (const steps of [0, 1, 3]) {
      const first = collectTrajectory();
      await run(replies, { ...settings, save: first.save, stopWhen: [stepLimit(steps)] });
      expect(first.read().end?.outcome).toBe('step-limit');
      const resumed = await run(replies, {
        ...settings,
        save: first.save,
        resume: { trajectory: first.read(), sandbox: 'fresh' },
      });
      expect(resumed.messages.map(withoutIds)).toEqual(expected.messages.map(withoutIds));
      expect(resumed.progress.steps).toBe(expected.progress.steps);
      expect(first.read().end?.outcome).toBe('finished');
      expect(first.read().steps).toHaveLength(whole.read().steps.length);
    }
  },
);

function withoutIds(message: object): unknown {
  return JSON.parse(JSON.stringify(message).replaceAll(/call_\d+_\d+/g, 'call'));
}

test('raw requests are kept to the letter', async () => {
  const sent: string[] = [];
  const model = scriptedModel([say('a'), say('b'), done]);
  const kept = collectTrajectory();
  await run([], {
    save: kept.save,
    model: {
      name: model.name,
      call: async (request, context) => {
        const reply = await model.call(request, context);
        sent.push(reply.raw.request);
        return reply;
      },
    },
  });
  expect(rawRequestsOf(kept.read())).toEqual(sent);
  const stored = JSON.stringify(kept.read().steps.map(({ call }) => call.rawRequest)).length;
  expect(stored).toBeLessThan(sent.join('').length / 2);
});

test('work that cannot be saved does not go on', async () => {
  const save = (line: { type: string }): void => {
    if (line.type === 'step') throw new Error('disk full');
  };
  await expect(run([say('x')], { save })).rejects.toThrow('disk full');
});
