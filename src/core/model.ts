// The contract of a model: a request in, a reply out. Wrappers have the same shape, so they stack.
import { SwemintError } from './errors.ts';
import type { ModelReply, ModelRequest, PaidCall, TokenUsage } from './schema/model.ts';

/** On whose behalf a call is made: for limits and the account, never sent. */
export interface CallContext {
  signal?: AbortSignal;
  /** What the call is for, e.g. `rollout`. */
  stage?: string;
  /** The task (or repository) that pays. */
  task?: string;
}

export interface Model {
  /** As the user named it, e.g. `anthropic:claude-sonnet-4-5`. Never holds a key. */
  readonly name: string;
  /** Settings beside the name that change what it says; part of a request's identity. */
  readonly variant?: string;
  /** Removes this model's keys from what is about to be written down. Wrappers hand it on. */
  readonly redact?: <T>(value: T) => T;
  /** Throws `ModelError` when there is no reply, and the signal's reason when aborted. */
  call(request: ModelRequest, context?: CallContext): Promise<ModelReply>;
}

/**
 * Why there is no reply.
 * `model-context-limit`: the request is too long for the model. `model-invalid-reply`: it answered
 * something that is no answer. `model-quota`: the account behind the key is exhausted.
 * `model-refused`: the server calls the request wrong. `budget-exhausted`: our own limit.
 */
export type ModelErrorCode =
  | 'model-unreachable'
  | 'model-timeout'
  | 'model-rate-limit'
  | 'model-overloaded'
  | 'model-invalid-reply'
  | 'model-context-limit'
  | 'model-unauthorized'
  | 'model-not-found'
  | 'model-quota'
  | 'model-refused'
  | 'budget-exhausted'
  | 'replay-missing';

export interface ModelErrorOptions {
  hint?: string;
  cause?: unknown;
  /** Whether the same request may succeed later. */
  retryable?: boolean;
  /** How long the server asks us to wait, milliseconds. */
  retryAfterMs?: number;
  status?: number;
  /** What an unusable reply was charged. */
  usage?: TokenUsage;
  /** For `budget-exhausted`: whose budget. */
  budget?: 'run' | 'task';
}

/** A call without a reply. The message is one sentence and never holds a key. */
export class ModelError extends SwemintError {
  declare readonly code: ModelErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;
  readonly usage: TokenUsage | undefined;
  readonly budget: 'run' | 'task' | undefined;

  constructor(code: ModelErrorCode, message: string, options: ModelErrorOptions = {}) {
    super(code, message, {
      ...(options.hint === undefined ? {} : { hint: options.hint }),
      cause: options.cause,
    });
    this.name = 'ModelError';
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
    this.usage = options.usage;
    this.budget = options.budget;
  }
}

/** Where paid calls are kept: the cache and the account are the same record, written at once. */
export interface CallStore {
  /** The usable reply to a request that was paid for before. */
  read(hash: string): Promise<PaidCall | undefined>;
  /** After it resolves, a killed process has lost nothing. */
  write(call: PaidCall): Promise<void>;
  /** Every call, oldest first; replies may be left out. */
  list(): AsyncIterable<Omit<PaidCall, 'reply'>>;
}
