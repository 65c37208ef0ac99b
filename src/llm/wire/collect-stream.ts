// Puts a streamed reply together, so that the rest of the house need not know it was streamed.
import type { Content, GenerateResult, StreamResult } from './types.ts';

export type Collected = Pick<GenerateResult, 'content' | 'finishReason' | 'usage'> & {
  modelId: string | undefined;
};

/** Reads a stream to its end. Throws the error the stream carries, if it carries one. */
export async function collectStream(stream: StreamResult['stream']): Promise<Collected> {
  const content: Content[] = [];
  const open = new Map<string, Extract<Content, { type: 'text' | 'reasoning' }>>();
  let modelId: string | undefined;
  let ending: Pick<GenerateResult, 'finishReason' | 'usage'> | undefined;
  for await (const part of stream) {
    if (part.type === 'text-start' || part.type === 'reasoning-start') {
      const begun = { type: part.type === 'text-start' ? 'text' : 'reasoning', text: '' } as const;
      const block = { ...begun };
      open.set(part.id, block);
      content.push(block);
    } else if (part.type === 'text-delta' || part.type === 'reasoning-delta') {
      const block = open.get(part.id);
      if (block) block.text += part.delta;
    } else if (part.type === 'reasoning-end') {
      const block = open.get(part.id);
      if (block && part.providerMetadata) block.providerMetadata = part.providerMetadata;
    } else if (part.type === 'tool-call') content.push(part);
    else if (part.type === 'response-metadata') modelId = part.modelId ?? modelId;
    else if (part.type === 'finish') ending = part;
    else if (part.type === 'error') throw streamError(part.error);
  }
  if (!ending) throw new Error('The stream ended without saying that it was complete.');
  return { content, modelId, finishReason: ending.finishReason, usage: ending.usage };
}

function streamError(error: unknown): Error {
  if (error instanceof Error) return error;
  return new Error(typeof error === 'string' ? error : JSON.stringify(error), { cause: error });
}
