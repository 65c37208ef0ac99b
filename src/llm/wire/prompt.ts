// Turns our messages into the AI SDK's prompt.
import type { AssistantMessage, Message, ToolCall } from '../../core/schema/model.ts';
import type { Prompt, ProviderOptions } from './types.ts';

type PromptMessage = Prompt[number];
type AssistantContent = Extract<PromptMessage, { role: 'assistant' }>['content'];

/** Our messages as the AI SDK wants them; answers to one turn's calls are put together. Some servers refuse past reasoning. */
export function renderPrompt(messages: readonly Message[], sendReasoning = true): Prompt {
  const prompt: Prompt = [];
  for (const message of messages) {
    if (message.role === 'system') prompt.push({ role: 'system', content: message.content });
    else if (message.role === 'user') {
      prompt.push({ role: 'user', content: [{ type: 'text', text: message.content }] });
    } else if (message.role === 'assistant') {
      prompt.push({ role: 'assistant', content: renderAssistant(message, sendReasoning) });
    } else {
      const result = {
        type: 'tool-result' as const,
        toolCallId: message.callId,
        toolName: message.tool,
        output: { type: 'text' as const, value: message.content },
      };
      const last = prompt.at(-1);
      if (last?.role === 'tool') last.content.push(result);
      else prompt.push({ role: 'tool', content: [result] });
    }
  }
  return prompt;
}

function renderAssistant(message: AssistantMessage, sendReasoning: boolean): AssistantContent {
  const content: AssistantContent = [];
  if (message.reasoning && sendReasoning) {
    content.push({
      type: 'reasoning',
      text: message.reasoning,
      ...providerOptions(message.metadata),
    });
  }
  if (message.content !== '' || message.toolCalls.length === 0) {
    content.push({ type: 'text', text: message.content });
  }
  for (const call of message.toolCalls) {
    content.push({
      type: 'tool-call',
      toolCallId: call.id,
      toolName: call.name,
      input: parseInput(call),
      ...providerOptions(call.metadata),
    });
  }
  return content;
}

// Servers that render a chat template refuse a history whose arguments are not a JSON object, so a
// malformed call goes back as an object that holds the model's own words.
function parseInput(call: ToolCall): unknown {
  try {
    const input: unknown = JSON.parse(call.arguments === '' ? '{}' : call.arguments);
    if (input !== null && typeof input === 'object' && !Array.isArray(input)) return input;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { malformed: call.arguments };
}

function providerOptions(metadata: Record<string, unknown> | undefined): {
  providerOptions?: ProviderOptions;
} {
  return metadata === undefined ? {} : { providerOptions: metadata as ProviderOptions };
}
