// Opens the hands once: what a pipeline needs from the machine, in one value.
import type { ModelConfig } from './config/model.ts';
import { SwemintError } from './core/errors.ts';
import type { Emit } from './core/events.ts';
import type { SandboxProvider } from './core/sandbox.ts';
import type { Store } from './core/store.ts';
import type { CallFile } from './llm/call-file.ts';
import type { ModelSettings, OpenModel } from './llm/open-model.ts';

export interface Kit {
  sandbox: SandboxProvider;
  store: Store;
  /**
   * The configured model, opened and checked when it is first asked for.
   * Throws `SwemintError('no-model')` when none is configured, and what `openModel` throws.
   */
  model: () => Promise<OpenModel>;
  emit: Emit;
  /** Ends everything at once: what was running is lost and done again next time. */
  signal: AbortSignal;
  /** Asks to finish what is running, save, and start nothing new. */
  stopping: AbortSignal;
}

/** For kits of programs that never ask a model. */
export const noModel: Kit['model'] = () => Promise.reject(missing());

export interface ModelHandOptions {
  config: ModelConfig;
  /** Where paid calls are kept; made when a model is first opened. */
  callFile: string;
  emit: Emit;
  signal?: AbortSignal;
}

export interface ModelHand extends AsyncDisposable {
  /** For `Kit.model`: the same model however often it is called. */
  open: () => Promise<OpenModel>;
}

/** Prepares a model without opening it: runs that need none load nothing and leave no file. */
export function prepareModel(options: ModelHandOptions): ModelHand {
  let opening: Promise<OpenModel> | undefined;
  let calls: CallFile | undefined;
  const open = async (): Promise<OpenModel> => {
    // Before anything is written: a wrong setting leaves no trace.
    const settings = modelSettings(options.config, process.env);
    const [{ openModel }, { openCallFile }] = await Promise.all([
      import('./llm/open-model.ts'),
      import('./llm/call-file.ts'),
    ]);
    calls = await openCallFile(options.callFile);
    if (calls.torn > 0) {
      options.emit({
        type: 'warning',
        code: 'torn-calls',
        message: `${calls.torn} damaged lines of ${options.callFile} were left out: what they paid for may be asked again.`,
      });
    }
    const opened = await openModel({ ...settings, calls });
    await opened.check(options.signal);
    return opened;
  };
  return {
    open: () => (opening ??= open()),
    [Symbol.asyncDispose]: async () => {
      await opening?.catch(() => undefined);
      await calls?.[Symbol.asyncDispose]();
    },
  };
}

/**
 * What `openModel` takes, from the configuration; keys come from the environment.
 * Throws `SwemintError`: `no-model`, or `no-api-key` when a named variable is not set.
 */
export function modelSettings(
  config: ModelConfig,
  environment: Readonly<Record<string, string | undefined>>,
): ModelSettings {
  const { name, baseUrl, keyVariable, budget, requestsPerMinute } = config;
  if (name === null) throw missing();
  return {
    model: name,
    environment,
    headers: fillIn(config.headers, environment),
    sampling: config.sampling,
    streaming: config.streaming,
    sendReasoning: config.sendReasoning,
    requestTimeoutMs: config.requestTimeout * 1000,
    totalTimeoutMs: config.totalTimeout * 1000,
    retry: { retries: config.retries },
    concurrency: config.concurrency,
    prices: config.prices,
    budget: {
      ...(budget.run === null ? {} : { runUsd: budget.run }),
      ...(budget.task === null ? {} : { taskUsd: budget.task }),
    },
    ...(Object.keys(config.body).length === 0 ? {} : { body: config.body }),
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(keyVariable === null ? {} : { apiKey: valueOf(keyVariable, environment) }),
    ...(requestsPerMinute === null ? {} : { requestsPerMinute }),
  };
}

function missing(): SwemintError {
  return new SwemintError('no-model', 'This step asks a model, and none is configured.', {
    hint: 'Add --model NAME (and --base-url URL for a server of your own) and put its key in SWEMINT_API_KEY.',
  });
}

function fillIn(
  headers: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([header, value]) => [
      header,
      value.replaceAll(/\$([A-Za-z_]\w*)/g, (_, name: string) => valueOf(name, environment)),
    ]),
  );
}

function valueOf(name: string, environment: Readonly<Record<string, string | undefined>>): string {
  const value = environment[name]?.trim();
  if (value) return value;
  throw new SwemintError('no-api-key', `The environment variable ${name} is not set.`, {
    hint: `The settings of the model read it: set ${name}, or change model.keyVariable or model.headers.`,
  });
}
