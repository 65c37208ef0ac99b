// Scripted replies as bodies of the OpenAI-compatible protocol, whole and streamed.
import type { FinishReason, TokenUsage } from '../../core/schema/model.ts';
import { argumentsText, usageOf, type ScriptedReply } from './script.ts';

export interface CompletionFrame {
  id: string;
  model: string;
  created: number;
}

const finishNames: Record<FinishReason, string> = {
  stop: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'content-filter': 'content_filter',
  other: 'unknown',
};

/** A `chat.completion` object. */
export function renderCompletion(
  reply: ScriptedReply,
  frame: CompletionFrame,
  requestText: string,
): object {
  const calls = toolCalls(reply, frame.id);
  return {
    ...frame,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.text ?? null,
          ...(reply.reasoning === undefined ? {} : { reasoning_content: reply.reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        finish_reason: finishNames[finishOf(reply)],
      },
    ],
    usage: renderUsage(usageOf(reply, requestText)),
  };
}

/** The `chat.completion.chunk` objects of the same reply; arguments and text come in pieces. */
export function renderChunks(
  reply: ScriptedReply,
  frame: CompletionFrame,
  requestText: string,
  includeUsage: boolean,
): object[] {
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...frame,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const chunks = [chunk({ role: 'assistant', content: '' })];
  for (const piece of pieces(reply.reasoning ?? ''))
    chunks.push(chunk({ reasoning_content: piece }));
  for (const piece of pieces(reply.text ?? '')) chunks.push(chunk({ content: piece }));
  for (const [index, call] of toolCalls(reply, frame.id).entries()) {
    const { name } = call.function;
    const begin = { index, id: call.id, type: 'function', function: { name, arguments: '' } };
    chunks.push(chunk({ tool_calls: [begin] }));
    for (const piece of pieces(call.function.arguments)) {
      chunks.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }));
    }
  }
  chunks.push(chunk({}, finishNames[finishOf(reply)]));
  if (includeUsage) {
    const usage = renderUsage(usageOf(reply, requestText));
    chunks.push({ ...frame, object: 'chat.completion.chunk', choices: [], usage });
  }
  return chunks;
}

/** The `usage` object. */
export function renderUsage(usage: TokenUsage): object {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cachedInput },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

interface WireCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

function toolCalls(reply: ScriptedReply, id: string): WireCall[] {
  return (reply.calls ?? []).map((call, index) => ({
    id: call.id ?? `call_${id}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  }));
}

function finishOf(reply: ScriptedReply): FinishReason {
  return reply.finish ?? ((reply.calls ?? []).length > 0 ? 'tool-calls' : 'stop');
}

const PIECE = 7;

function pieces(text: string): string[] {
  const characters = Array.from(text);
  const list: string[] = [];
  for (let start = 0; start < characters.length; start += PIECE) {
    list.push(characters.slice(start, start + PIECE).join(''));
  }
  return list;
}
