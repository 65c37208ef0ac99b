// Turns the AI SDK's content into our assistant message.
import type { AssistantMessage, FinishReason, ToolCall } from '../../core/schema/model.ts';
import type { Content, GenerateResult } from './types.ts';

/** Text, reasoning and tool calls; other kinds of content have no place in our conversations. */
export function convertContent(content: readonly Content[]): AssistantMessage {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const toolCalls: ToolCall[] = [];
  let metadata: Record<string, unknown> | undefined;
  for (const part of content) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.type === 'reasoning') {
      thoughts.push(part.text);
      metadata = part.providerMetadata ?? metadata;
    } else if (part.type === 'tool-call') {
      toolCalls.push({
        id: part.toolCallId,
        name: part.toolName,
        arguments: typeof part.input === 'string' ? part.input : JSON.stringify(part.input),
        ...(part.providerMetadata === undefined ? {} : { metadata: part.providerMetadata }),
      });
    }
  }
  return {
    role: 'assistant',
    content: texts.join(''),
    ...(thoughts.length === 0 ? {} : { reasoning: thoughts.join('') }),
    toolCalls: withUniqueIds(toolCalls),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Why the reply ended, in our words. */
export function convertFinish(
  finish: GenerateResult['finishReason'],
  message: AssistantMessage,
): FinishReason {
  switch (finish.unified) {
    case 'stop':
    case 'tool-calls':
      // Servers disagree about which of the two a reply with calls gets.
      return message.toolCalls.length > 0 ? 'tool-calls' : 'stop';
    case 'length':
    case 'content-filter':
      return finish.unified;
    case 'error':
    case 'interrupted':
    case 'other':
      return 'other';
    default:
      return finish.unified satisfies never;
  }
}

// Some servers number calls anew in every reply, or give two calls one id; answers need their own.
function withUniqueIds(calls: readonly ToolCall[]): ToolCall[] {
  const seen = new Set<string>();
  return calls.map((call, index) => {
    const id = call.id === '' || seen.has(call.id) ? `${call.id || 'call'}-${index}` : call.id;
    seen.add(id);
    return { ...call, id };
  });
}
