// Reads the OpenAI-compatible request that a client sent to the scripted server.
import { z } from 'zod';
import type { Message, ToolDescription } from '../../core/schema/model.ts';

const wireCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const content = z
  .union([z.string(), z.array(z.object({ type: z.literal('text'), text: z.string() }))])
  .nullish()
  .transform((value) =>
    typeof value === 'string' ? value : (value ?? []).map((part) => part.text).join(''),
  );
const wireMessage = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content }),
  z.object({ role: z.literal('user'), content }),
  z.object({
    role: z.literal('assistant'),
    content,
    reasoning_content: z.string().optional(),
    tool_calls: z.array(wireCall).optional(),
  }),
  z.object({ role: z.literal('tool'), content, tool_call_id: z.string() }),
]);

export const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(wireMessage).min(1),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        function: z.object({
          name: z.string(),
          description: z.string().optional(),
          parameters: z.record(z.string(), z.unknown()),
        }),
      }),
    )
    .optional(),
  stream: z.boolean().optional(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).optional(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

/** The conversation in our words. Throws when an answer has no call, as strict servers do. */
export function readMessages(request: ChatRequest): Message[] {
  const names = new Map<string, string>();
  return request.messages.map((message): Message => {
    if (message.role === 'assistant') {
      const toolCalls = (message.tool_calls ?? []).map((call) => {
        names.set(call.id, call.function.name);
        return { id: call.id, name: call.function.name, arguments: call.function.arguments };
      });
      const reasoning = message.reasoning_content;
      return {
        role: 'assistant',
        content: message.content,
        ...(reasoning === undefined ? {} : { reasoning }),
        toolCalls,
      };
    }
    if (message.role !== 'tool') return message;
    const tool = names.get(message.tool_call_id);
    if (tool === undefined) throw new RangeError(`No call has the id ${message.tool_call_id}.`);
    return { role: 'tool', callId: message.tool_call_id, tool, content: message.content };
  });
}

/** The tools in our words. */
export function readTools(request: ChatRequest): ToolDescription[] {
  return (request.tools ?? []).map(({ function: tool }) => ({
    name: tool.name,
    description: tool.description ?? '',
    parameters: tool.parameters,
  }));
}
