// The flags of every command that may ask a model.
import type { Command } from 'commander';
import { number } from './flag-values.ts';

export interface ModelFlags {
  model?: string;
  baseUrl?: string;
  budgetUsd?: unknown;
}

/** Adds `--model`, `--base-url` and `--budget-usd`. */
export function addModelOptions(command: Command): Command {
  return command
    .option('--model <name>', 'a name the server knows, provider:name, or ./module.ts')
    .option('--base-url <url>', 'OpenAI-compatible server, e.g. http://127.0.0.1:8000/v1')
    .option(
      '--budget-usd <n>',
      'stop before the run has cost more, earlier sittings included',
      number,
    );
}

/** The flags as settings, for `loadConfig`'s `flags`: `{ model: readModelFlags(flags) }`. */
export function readModelFlags({ model, baseUrl, budgetUsd }: ModelFlags): object {
  return { name: model, baseUrl, budget: { run: budgetUsd } };
}
