// What a scripted model is told to say, in process or over HTTP.
import type {
  FinishReason,
  Message,
  TokenUsage,
  ToolDescription,
} from '../../core/schema/model.ts';

/** A tool call of a scripted reply. Text goes out as it is, so that it can be malformed. */
export interface ScriptedCall {
  name: string;
  arguments: string | Readonly<Record<string, unknown>>;
  id?: string;
}

/** An ordinary reply. */
export interface ScriptedReply {
  text?: string;
  reasoning?: string;
  calls?: readonly ScriptedCall[];
  finish?: FinishReason;
  /** Counted from the texts when absent, four characters a token. */
  usage?: Partial<TokenUsage>;
  /** Milliseconds before anything is sent. */
  delayMs?: number;
}

/** Something that goes wrong. Only the HTTP server can do all of them. */
export type ScriptedFault =
  /** An error status; `retryAfter` becomes the header as it is. */
  | {
      status: number;
      retryAfter?: number | string;
      message?: string;
      code?: string;
      delayMs?: number;
    }
  /** The connection ends: before the headers, or in the middle of this reply's body. */
  | { cut: 'at-once' }
  | { cut: 'mid-body'; reply: ScriptedReply }
  /** A reply without choices, charged all the same. */
  | { empty: true }
  /** A successful response whose body is this text. */
  | { body: string }
  /** An error inside a stream that began well. */
  | { streamError: string }
  /** The request is longer than the model can take. */
  | { contextLimit: number };

/** What the script may look at. */
export interface ScriptedRequest {
  messages: readonly Message[];
  tools: readonly ToolDescription[];
  /** Requests before this one. */
  index: number;
}

export type ScriptedTurn = ScriptedReply | ScriptedFault;

/** Decides each answer; a list answers in order and then repeats its last one. */
export type Script =
  | readonly ScriptedTurn[]
  | ((request: ScriptedRequest) => ScriptedTurn | Promise<ScriptedTurn>);

/** The script's answer to a request. */
export async function nextTurn(script: Script, request: ScriptedRequest): Promise<ScriptedTurn> {
  if (typeof script === 'function') return script(request);
  const turn = script[Math.min(request.index, script.length - 1)];
  if (!turn) throw new RangeError('A script must have at least one turn.');
  return turn;
}

/** Whether a turn is an ordinary reply. */
export function isReply(turn: ScriptedTurn): turn is ScriptedReply {
  return !['status', 'cut', 'empty', 'body', 'streamError', 'contextLimit'].some(
    (key) => key in turn,
  );
}

/** The tokens a reply counts as. */
export function usageOf(reply: ScriptedReply, requestText: string): TokenUsage {
  const calls = (reply.calls ?? []).map(argumentsText).join('');
  const reasoning = tokens(reply.reasoning ?? '');
  return {
    input: tokens(requestText),
    cachedInput: 0,
    cacheWrite: 0,
    output: tokens(`${reply.text ?? ''}${calls}`) + reasoning,
    reasoning,
    ...reply.usage,
  };
}

/** A scripted call's arguments as they go over the wire. */
export function argumentsText(call: ScriptedCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}
