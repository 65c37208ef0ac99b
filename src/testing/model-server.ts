// A server that speaks the OpenAI-compatible protocol and says what a script tells it, faults included.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../core/errors.ts';
import type { TokenUsage } from '../core/schema/model.ts';
import { chatRequest, readMessages, readTools, type ChatRequest } from './model/chat-request.ts';
import { renderChunks, renderCompletion, renderUsage } from './model/completion.ts';
import {
  isReply,
  nextTurn,
  usageOf,
  type Script,
  type ScriptedReply,
  type ScriptedTurn,
} from './model/script.ts';

export interface ModelServerOptions {
  script: Script;
  /** Refuses every other key with 401, and repeats the wrong one in its message, as real servers do. */
  key?: string;
  /** Refuses every other model with 404. */
  model?: string;
}

/** A request as it came in. */
export interface SeenRequest {
  /** The body's bytes as text. */
  body: string;
  authorization: string | undefined;
  parsed: ChatRequest;
}

export interface ModelServer extends AsyncDisposable {
  /** With the version: `http://127.0.0.1:41234/v1`. */
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  /** What a provider would charge: one entry for every reply that was sent whole. */
  readonly charged: readonly TokenUsage[];
}

/** Starts the server on a free port of this machine. */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const requests: SeenRequest[] = [];
  const charged: TokenUsage[] = [];
  const server = createServer((request, response) => {
    respond(request, response, options, requests, charged).catch((error: unknown) => {
      sendError(response, 500, errorMessage(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    charged,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: ModelServerOptions,
  requests: SeenRequest[],
  charged: TokenUsage[],
): Promise<void> {
  const body = await readBody(request);
  const { authorization } = request.headers;
  if (options.key !== undefined && authorization !== `Bearer ${options.key}`) {
    const given = authorization?.replace(/^Bearer /, '') ?? 'none';
    return sendError(response, 401, `Incorrect API key provided: ${given}.`, 'invalid_api_key');
  }
  if (request.method === 'GET' && request.url === '/v1/models') {
    const data = [{ id: options.model ?? 'scripted', object: 'model', owned_by: 'swemint' }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', data }));
    return;
  }
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    return sendError(response, 404, `There is nothing at ${request.url}.`);
  }
  const parsed = chatRequest.safeParse(JSON.parse(body));
  if (!parsed.success) return sendError(response, 400, parsed.error.message, 'invalid_request');
  const chat = parsed.data;
  if (options.model !== undefined && chat.model !== options.model) {
    return sendError(response, 404, `The model ${chat.model} does not exist.`, 'model_not_found');
  }
  const index = requests.length;
  requests.push({ body, authorization, parsed: chat });
  const messages = readMessages(chat);
  const turn = await nextTurn(options.script, { messages, tools: readTools(chat), index });
  await play(turn, { response, chat, body, index, charged });
}

interface Scene {
  response: ServerResponse;
  chat: ChatRequest;
  body: string;
  index: number;
  charged: TokenUsage[];
}

async function play(turn: ScriptedTurn, scene: Scene): Promise<void> {
  const { response, charged } = scene;
  if (isReply(turn)) {
    if (turn.delayMs !== undefined) await sleep(turn.delayMs);
    if (response.destroyed) return;
    const parts = render(turn, scene);
    begin(scene);
    for (const part of parts) response.write(part);
    charged.push(usageOf(turn, scene.body));
    response.end();
  } else if ('status' in turn) {
    if (turn.delayMs !== undefined) await sleep(turn.delayMs);
    if (turn.retryAfter !== undefined) response.setHeader('retry-after', String(turn.retryAfter));
    sendError(response, turn.status, turn.message ?? 'Scripted failure.', turn.code);
  } else if ('cut' in turn) {
    if (turn.cut === 'mid-body') {
      const whole = render(turn.reply, scene).join('');
      begin(scene);
      response.write(whole.slice(0, Math.floor(whole.length / 2)));
      // Else the bytes and the cut may reach the client as one.
      await sleep(5);
    }
    response.destroy();
  } else if ('empty' in turn) {
    const usage = usageOf({}, scene.body);
    charged.push(usage);
    begin(scene);
    const completion = { ...frame(scene), choices: [], usage: renderUsage(usage) };
    response.end(scene.chat.stream ? `${event(completion)}${DONE}` : JSON.stringify(completion));
  } else if ('body' in turn) {
    begin(scene);
    response.end(turn.body);
  } else if ('streamError' in turn) {
    begin(scene);
    const error = { error: { message: turn.streamError, type: 'server_error' } };
    response.end(scene.chat.stream ? `${event(error)}${DONE}` : JSON.stringify(error));
  } else {
    const message = `This model's maximum context length is ${turn.contextLimit} tokens. Please reduce the length of the messages.`;
    sendError(response, 400, message, 'context_length_exceeded');
  }
}

const DONE = 'data: [DONE]\n\n';

function render(reply: ScriptedReply, scene: Scene): string[] {
  const { chat, body } = scene;
  if (!chat.stream) return [JSON.stringify(renderCompletion(reply, frame(scene), body))];
  const includeUsage = chat.stream_options?.include_usage ?? false;
  return [...renderChunks(reply, frame(scene), body, includeUsage).map(event), DONE];
}

function begin({ response, chat }: Scene): void {
  response.writeHead(200, {
    'content-type': chat.stream ? 'text/event-stream' : 'application/json',
  });
}

function frame({ chat, index }: Scene): { id: string; model: string; created: number } {
  return { id: `chatcmpl-${index}`, model: chat.model, created: 1_700_000_000 + index };
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function sendError(response: ServerResponse, status: number, message: string, code?: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'scripted', code: code ?? null } }));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
