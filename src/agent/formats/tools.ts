// Function calling: the provider is told of the tools and hands over their calls.
import type { ActionFormat, WrittenCall } from './format.ts';
import { CUT_REPLY } from './format.ts';
import { errorMessage } from '../../core/errors.ts';
import type { ToolCall } from '../../core/schema/model.ts';

const format: ActionFormat = {
  name: 'tools',
  native: true,
  instructions: () => '',
  parse: (message, finish) => {
    const cut = finish === 'length';
    if (cut && message.toolCalls.length === 0) return { calls: [], problem: CUT_REPLY };
    return { calls: message.toolCalls.map((call) => readCall(call, cut)) };
  },
  render: (actions) =>
    actions.map((action) => ({
      role: 'tool',
      callId: action.callId,
      tool: action.tool,
      content: action.observation,
    })),
};

export default format;

function readCall(call: ToolCall, cut: boolean): WrittenCall {
  const written = { callId: call.id, tool: call.name, arguments: call.arguments };
  try {
    const input: unknown = call.arguments.trim() === '' ? {} : JSON.parse(call.arguments);
    // Some servers pack the arguments twice.
    return { ...written, parsed: { input: typeof input === 'string' ? JSON.parse(input) : input } };
  } catch (error) {
    const problem = cut ? CUT_REPLY : `The arguments are not valid JSON: ${errorMessage(error)}.`;
    return { ...written, parsed: { problem } };
  }
}
