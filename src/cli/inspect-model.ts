// Finds out whether the configured model is there, for `doctor`.
import type { ModelConfig } from '../config/model.ts';
import { SwemintError } from '../core/errors.ts';
import type { ModelReply } from '../core/schema/index.ts';
import { modelSettings } from '../kit.ts';
import { type OpenModel, openModel } from '../llm/open-model.ts';

export interface ModelFinding {
  /** Null when none is configured. */
  name: string | null;
  ok: boolean;
  detail: string;
  hint?: string;
}

/**
 * Asks the model one short question when `ask`, and throws when it does not answer; otherwise only
 * looks whether its server is there, which costs nothing. Tries once: a person is waiting.
 */
export async function inspectModel(config: ModelConfig, ask: boolean): Promise<ModelFinding> {
  const { name } = config;
  if (name === null) {
    const hint = 'Only some steps need one: --model NAME --base-url URL asks it a question.';
    return { name, ok: false, detail: 'none configured', hint };
  }
  try {
    const opened = await openModel({
      ...modelSettings(config, process.env),
      retry: { retries: 0 },
    });
    await opened.check();
    return { name, ok: true, detail: ask ? await question(opened) : 'its server is there' };
  } catch (error) {
    if (ask || !(error instanceof SwemintError)) throw error;
    const { message: detail, hint } = error;
    return { name, ok: false, detail, ...(hint === undefined ? {} : { hint }) };
  }
}

async function question({ model }: OpenModel): Promise<string> {
  const reply = await model.call({
    messages: [{ role: 'user', content: 'Answer with the single word: ready' }],
  });
  return `answers in ${(reply.wallMs / 1000).toFixed(1)} s for ${cost(reply)}`;
}

function cost({ costUsd, usage }: ModelReply): string {
  if (costUsd !== null) return `$${costUsd.toFixed(6)}`;
  if (usage === null) return 'an unknown price (its server does not count tokens)';
  return `${usage.input + usage.output} tokens, whose price is not known: a budget needs model.prices`;
}
