// Which model to use, where it is served and what it may cost: shared by everything that asks one.
import { z } from 'zod';
import { priceTable, sampling } from '../core/schema/index.ts';

const variableName = z.string().regex(/^[A-Za-z_]\w*$/, 'not the name of an environment variable');
const dollars = z.number().positive();
const seconds = z.number().positive();

/** Holds no key: only names of the variables that do. */
export const modelConfig = z.strictObject({
  /** A name the server knows, `provider:name` for an installed AI SDK package, or a path to a module. */
  name: z.string().min(1).nullable().default(null),
  /** Of an OpenAI-compatible server, version included; null reads the environment. */
  baseUrl: z.string().nullable().default(null),
  /** The environment variable that holds the key; null means the usual ones. */
  keyVariable: variableName.nullable().default(null),
  /** Sent with every request. `$NAME` stands for the value of an environment variable. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Merged into the body of every request: what only this server knows. */
  body: z.record(z.string(), z.unknown()).default({}),
  /** Used wherever a pipeline leaves it open. */
  sampling: z.strictObject(sampling.shape).default({}),
  /** Ask for replies in pieces: for proxies that cut silent connections. */
  streaming: z.boolean().default(false),
  /** Show the model its own past reasoning. */
  sendReasoning: z.boolean().default(true),
  /** Seconds for one request. */
  requestTimeout: seconds.default(600),
  /** Seconds for a call with all its retries. */
  totalTimeout: seconds.default(3600),
  /** Further attempts of a request that may succeed later. */
  retries: z.number().int().min(0).default(8),
  /** Requests under way at once. */
  concurrency: z.number().int().positive().default(16),
  requestsPerMinute: z.number().positive().nullable().default(null),
  /** US dollars per million tokens, before the published list prices. */
  prices: priceTable.default({}),
  /** US dollars; null means no limit. What earlier sittings of a run have paid counts. */
  budget: z
    .strictObject({
      run: dollars.nullable().default(null),
      task: dollars.nullable().default(null),
    })
    .prefault({}),
});
export type ModelConfig = z.infer<typeof modelConfig>;
