// A model that says what a script tells it, in process: for tests and for trying things out.
import { ModelError, type Model } from '../core/model.ts';
import type { ModelReply } from '../core/schema/model.ts';
import { wait } from '../llm/wait.ts';
import {
  argumentsText,
  isReply,
  nextTurn,
  usageOf,
  type Script,
  type ScriptedFault,
} from './model/script.ts';

export type {
  Script,
  ScriptedCall,
  ScriptedFault,
  ScriptedReply,
  ScriptedRequest,
  ScriptedTurn,
} from './model/script.ts';

export interface ScriptedModelOptions {
  name?: string;
  /** What each reply costs, US dollars. Default 0. */
  costUsd?: number;
}

/** A model whose replies come from a script. Faults become the errors a server's would become. */
export function scriptedModel(script: Script, options: ScriptedModelOptions = {}): Model {
  const name = options.name ?? 'scripted';
  let index = 0;
  return {
    name,
    call: async (request, context = {}) => {
      context.signal?.throwIfAborted();
      const { messages, tools = [] } = request;
      const turn = await nextTurn(script, { messages, tools, index: index++ });
      if (!isReply(turn)) throw explainFault(turn, name);
      const startedAt = new Date().toISOString();
      if (turn.delayMs !== undefined) await wait(turn.delayMs, context.signal);
      const calls = turn.calls ?? [];
      const text = JSON.stringify(request);
      const reply: ModelReply = {
        message: {
          role: 'assistant',
          content: turn.text ?? '',
          ...(turn.reasoning === undefined ? {} : { reasoning: turn.reasoning }),
          toolCalls: calls.map((call, position) => ({
            id: call.id ?? `call_${index}_${position}`,
            name: call.name,
            arguments: argumentsText(call),
          })),
        },
        finish: turn.finish ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
        usage: usageOf(turn, text),
        costUsd: options.costUsd ?? 0,
        model: name,
        startedAt,
        wallMs: turn.delayMs ?? 0,
        attempts: 1,
        cached: false,
        raw: { request: text, response: JSON.stringify(turn) },
      };
      return reply;
    },
  };
}

function explainFault(fault: ScriptedFault, name: string): ModelError {
  if ('contextLimit' in fault) {
    return new ModelError('model-context-limit', `${name} cannot take a request of this length.`);
  }
  if ('cut' in fault) {
    return new ModelError('model-unreachable', `The connection to ${name} was cut.`, {
      retryable: true,
    });
  }
  if ('status' in fault) {
    const code =
      fault.status === 429
        ? 'model-rate-limit'
        : fault.status >= 500
          ? 'model-overloaded'
          : 'model-refused';
    return new ModelError(code, fault.message ?? `${name} answers ${fault.status}.`, {
      status: fault.status,
      retryable: code !== 'model-refused',
      ...(typeof fault.retryAfter === 'number' ? { retryAfterMs: fault.retryAfter * 1000 } : {}),
    });
  }
  return new ModelError('model-invalid-reply', `${name} gave a reply that cannot be read.`, {
    retryable: true,
  });
}
