// One fenced shell block per turn, the form of mini-swe-agent: any model that can write Markdown can act.
import type { Tool } from '../../core/agent.ts';
import type { AssistantMessage, ToolDescription } from '../../core/schema/model.ts';
import { findBlocks } from './blocks.ts';
import { type ActionFormat, CUT_REPLY, type ParsedTurn, type WrittenCall } from './format.ts';
import { renderObservations } from './observations.ts';
import { describeParameters } from './parameters.ts';

const SHELL_TOOL = 'bash';

const format: ActionFormat = {
  name: 'bash',
  native: false,
  instructions: renderInstructions,
  parse: parseBlock,
  render: renderObservations,
};

export default format;

function renderInstructions(tools: readonly ToolDescription[]): string {
  const others = tools.filter(({ name }) => name !== SHELL_TOOL);
  const list = others.map(
    (tool) => `- \`${tool.name}\`: ${tool.description}\n${describeParameters(tool.parameters)}`,
  );
  const block = `# How to act

Think first if you need to, then end your message with exactly one fenced block:

\`\`\`bash
command to run
\`\`\`

The block may hold several lines. If it must contain three backticks, fence it with four. You will be shown what it printed before you write again.`;
  if (list.length === 0) return block;
  return `${block}

Besides shell commands there are a few tools. To use one, the block holds only its name and, if it needs any, its arguments as one JSON object, for example \`${others[0]?.name} {"key": "value"}\`:

${list.join('\n')}`;
}

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'shell']);

function parseBlock(message: AssistantMessage, finish: string, tools: readonly Tool[]): ParsedTurn {
  const blocks = findBlocks(message.content).filter(({ language }) => SHELLS.has(language));
  const command = blocks[0]?.body;
  if (command === undefined) {
    const problem =
      finish === 'length'
        ? CUT_REPLY
        : 'Your message holds no block. End it with one, fenced with ```bash.';
    return { calls: [], problem };
  }
  if (blocks.length > 1) {
    return {
      calls: [],
      problem: `Your message holds ${blocks.length} blocks. Write exactly one; nothing was run.`,
    };
  }
  if (command.trim() === '') return { calls: [], problem: 'The block is empty.' };
  return { calls: [asToolCall(command, tools) ?? asCommand(command)] };
}

function asCommand(command: string): WrittenCall {
  return { callId: 'block', tool: SHELL_TOOL, arguments: command, parsed: { input: { command } } };
}

/** Only a bare name, or a name before a JSON object: anything else is a command for the shell. */
function asToolCall(command: string, tools: readonly Tool[]): WrittenCall | undefined {
  const match = /^\s*(?<name>[\w-]+)\s*(?<rest>\{[\s\S]*\})?\s*$/.exec(command);
  const name = match?.groups?.['name'];
  if (!name || name === SHELL_TOOL || !tools.some((tool) => tool.name === name)) return undefined;
  const text = match.groups?.['rest'] ?? '{}';
  try {
    return { callId: 'block', tool: name, arguments: text, parsed: { input: JSON.parse(text) } };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const problem = `The arguments of ${name} are not valid JSON: ${error.message}.`;
    return { callId: 'block', tool: name, arguments: text, parsed: { problem } };
  }
}
