// Asks the model for its next message, with less of the past when it says that it is too much.
import { type Model, ModelError } from '../core/model.ts';
import type { ModelReply, ModelRequest, Sampling, ToolDescription } from '../core/schema/model.ts';
import type { ConversationEntry, HistoryPolicy } from './history.ts';

export interface Question {
  model: Model;
  entries: readonly ConversationEntry[];
  history: HistoryPolicy;
  /** How much the policy must leave out from the start; see `HistoryPolicy`. */
  pressure: number;
  /** Undefined where the format, not the provider, tells of the tools. */
  tools: readonly ToolDescription[] | undefined;
  sampling: Sampling;
  sample: number;
  stage: string;
  task: string | null;
  signal: AbortSignal;
}

export interface Answer {
  request: ModelRequest;
  reply: ModelReply;
  /** What was needed this time; the next request begins with it. */
  pressure: number;
}

const MOST_PRESSURE = 4;

/** Throws `ModelError('model-context-limit')` once the history policy has nothing left to leave out. */
export async function askModel(question: Question): Promise<Answer> {
  const { model, stage, task, signal } = question;
  let { pressure } = question;
  let request = renderRequest(question, pressure);
  for (;;) {
    try {
      const context = { signal, stage, ...(task === null ? {} : { task }) };
      return { request, reply: await model.call(request, context), pressure };
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'model-context-limit') throw error;
      const before = lengthOf(request);
      do {
        if (pressure === MOST_PRESSURE) throw error;
        pressure += 1;
        request = renderRequest(question, pressure);
      } while (lengthOf(request) >= before);
    }
  }
}

function renderRequest(question: Question, pressure: number): ModelRequest {
  const { entries, history, tools, sampling, sample } = question;
  return {
    messages: [...history(entries, pressure)],
    ...(tools === undefined ? {} : { tools: [...tools] }),
    sampling,
    sample,
  };
}

function lengthOf(request: ModelRequest): number {
  return JSON.stringify(request.messages).length;
}
