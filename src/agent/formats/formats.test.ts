// Each format reads what models really write, says why it cannot read the rest, and tells of every tool.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../core/agent.ts';
import type { FinishReason, ToolCall } from '../../core/schema/model.ts';
import type { Action } from '../../core/schema/trajectory.ts';
import { describeTool } from '../describe-tool.ts';
import { actionFormats } from './registry.ts';
import bashFormat from './bash.ts';
import type { ActionFormat, ParsedTurn } from './format.ts';
import toolsFormat from './tools.ts';
import xmlFormat from './xml.ts';

const nothing = (): Promise<{ content: string }> => Promise.resolve({ content: '' });
const tools = [
  defineTool({
    name: 'bash',
    description: 'Runs.',
    parameters: z.object({ command: z.string().describe('What to run.') }),
    run: nothing,
  }),
  defineTool({
    name: 'edit',
    description: 'Edits.',
    parameters: z.object({
      command: z.enum(['view', 'create']),
      text: z.string().optional(),
      range: z.tuple([z.number(), z.number()]).optional(),
      force: z.boolean().optional(),
    }),
    run: nothing,
  }),
  defineTool({ name: 'submit', description: 'Ends.', parameters: z.object({}), run: nothing }),
];

function parse(
  format: ActionFormat,
  content: string,
  finish: FinishReason = 'stop',
  toolCalls: ToolCall[] = [],
): ParsedTurn {
  return format.parse({ role: 'assistant', content, toolCalls }, finish, tools);
}
const inputs = ({ calls }: ParsedTurn): unknown[] =>
  calls.map(({ tool, parsed }) => ('input' in parsed ? [tool, parsed.input] : [tool, 'problem']));

test('xml: values are taken as they are, and read by the kind the tool asks for', () => {
  const turn = parse(
    xmlFormat,
    `I look first.
<function=edit>
<parameter=command>create</parameter>
<parameter=text>
if a < b && c > "d":
    return </x>

</parameter>
<parameter=range>[1, 20]</parameter>
<parameter=force>True</parameter>
</function>`,
  );
  expect(turn.problem).toBeUndefined();
  expect(inputs(turn)).toEqual([
    [
      'edit',
      {
        command: 'create',
        text: 'if a < b && c > "d":\n    return </x>\n',
        range: [1, 20],
        force: true,
      },
    ],
  ]);
});

test('xml: a text that looks like a number stays text where the tool takes text', () => {
  const turn = parse(xmlFormat, '<function=bash>\n<parameter=command>42</parameter>\n</function>');
  expect(inputs(turn)).toEqual([['bash', { command: '42' }]]);
});

test('xml: several calls, and a call whose text holds the tags of a call', () => {
  const inner = '<function=bash>\n<parameter=command>\nls\n</parameter>\n</function>';
  const turn = parse(xmlFormat, `${inner}\n\n${inner.replace('ls', 'pwd')}`);
  expect(inputs(turn)).toEqual([
    ['bash', { command: 'ls' }],
    ['bash', { command: 'pwd' }],
  ]);
  const nested = `<function=edit>\n<parameter=command>create</parameter>\n<parameter=text>\nsay "<parameter=x>1</parameter> ends"\n</parameter>\n</function>`;
  expect(inputs(parse(xmlFormat, nested))).toEqual([
    ['edit', { command: 'create', text: 'say "<parameter=x>1</parameter> ends"' }],
  ]);
});

test('xml: the closing tag may be missing at the end, as when it is a stop word', () => {
  const text = '<function=bash>\n<parameter=command>\nls\n</parameter>\n';
  expect(inputs(parse(xmlFormat, text))).toEqual([['bash', { command: 'ls' }]]);
  expect(inputs(parse(xmlFormat, text, 'length'))).toEqual([['bash', 'problem']]);
  const open = '<function=bash>\n<parameter=command>\nls';
  expect(inputs(parse(xmlFormat, open))).toEqual([['bash', 'problem']]);
});

test('xml: no call at all is a problem of the message', () => {
  expect(parse(xmlFormat, 'I am done.').problem).toContain('no call');
  expect(parse(xmlFormat, 'I am do', 'length').problem).toContain('limit of output tokens');
});

test('bash: one block, whatever stands around it', () => {
  const turn = parse(bashFormat, 'First.\n```bash\ncd src &&\n  ls\n```\nThat is all.');
  expect(inputs(turn)).toEqual([['bash', { command: 'cd src &&\n  ls' }]]);
  const fenced = 'x\n````sh\ncat >a.md <<E\n```js\n1\n```\nE\n````';
  expect(inputs(parse(bashFormat, fenced))).toEqual([
    ['bash', { command: 'cat >a.md <<E\n```js\n1\n```\nE' }],
  ]);
  expect(inputs(parse(bashFormat, '```python\n1\n```\n```bash\nls\n```'))).toEqual([
    ['bash', { command: 'ls' }],
  ]);
});

test('bash: none, two, or an empty block is a problem', () => {
  expect(parse(bashFormat, 'ls').problem).toContain('no block');
  expect(parse(bashFormat, '```bash\nls\n```\n```bash\npwd\n```').problem).toContain('2 blocks');
  expect(parse(bashFormat, '```bash\n\n```').problem).toContain('empty');
  expect(parse(bashFormat, '```bash\nls', 'length').problem).toContain('limit of output tokens');
});

test('bash: other tools by bare name or with JSON; anything else is a command', () => {
  const block = (body: string): ParsedTurn => parse(bashFormat, `\`\`\`bash\n${body}\n\`\`\``);
  expect(inputs(block('submit'))).toEqual([['submit', {}]]);
  expect(inputs(block('edit {"command": "view"}'))).toEqual([['edit', { command: 'view' }]]);
  expect(inputs(block('edit {"command": '))).toEqual([['bash', { command: 'edit {"command": ' }]]);
  expect(inputs(block('edit {oops}'))).toEqual([['edit', 'problem']]);
  expect(inputs(block('submit && ls'))).toEqual([['bash', { command: 'submit && ls' }]]);
});

test('tools: arguments that are not JSON, or were cut, are a problem of that call alone', () => {
  const calls = [
    { id: 'a', name: 'bash', arguments: '{"command": "ls"}' },
    { id: 'b', name: 'bash', arguments: '{"command": "l' },
    { id: 'c', name: 'submit', arguments: '' },
    { id: 'd', name: 'bash', arguments: JSON.stringify('{"command": "pwd"}') },
  ];
  expect(inputs(parse(toolsFormat, '', 'tool-calls', calls))).toEqual([
    ['bash', { command: 'ls' }],
    ['bash', 'problem'],
    ['submit', {}],
    ['bash', { command: 'pwd' }],
  ]);
  const [, cut] = parse(toolsFormat, '', 'length', calls).calls;
  expect(cut?.parsed).toMatchObject({ problem: expect.stringContaining('limit of output tokens') });
});

test('every format tells of every tool, or leaves that to the provider', async () => {
  const described = tools.map(describeTool);
  for (const format of await actionFormats.loadAll()) {
    const text = format.instructions(described);
    if (format.native) expect(text).toBe('');
    else for (const name of ['edit', 'submit', 'one of view, create']) expect(text).toContain(name);
  }
});

test.each([
  ['xml', '<function=a>\n'],
  ['xml', '<function=bash>\n<parameter=command>'],
  ['xml', '</parameter>\n  '],
  ['xml', '</function>\n<function=x>'],
  ['bash', '```bash\n'],
  ['bash', '```bash\n```'],
  ['bash', '`'],
])('%s: a megabyte of %j is read in time', async (name, piece) => {
  const format = await actionFormats.load(name);
  const begun = performance.now();
  parse(format, `<function=bash>\n<parameter=command>${piece.repeat(1_000_000 / piece.length)}`);
  parse(format, piece.repeat(1_000_000 / piece.length));
  expect(performance.now() - begun).toBeLessThan(6000);
});

test('observations are answers to calls, or one message of the user', () => {
  const action = (tool: string, observation: string): Action => ({
    callId: tool,
    tool,
    arguments: '',
    input: null,
    observation,
    status: 'done',
    startedAt: '',
    wallMs: 0,
  });
  const two = [action('bash', 'one'), action('edit', 'two')];
  expect(toolsFormat.render(two)).toHaveLength(2);
  expect(xmlFormat.render(two)).toHaveLength(1);
  expect(bashFormat.render([action('bash', 'x')])).toEqual([
    { role: 'user', content: 'OBSERVATION:\nx' },
  ]);
});
