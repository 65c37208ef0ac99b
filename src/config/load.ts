// Where settings come from: defaults, then a file, then `--set a.b=c`, then flags.
import { access, readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse as parseToml } from 'smol-toml';
import type { z } from 'zod';
import { SwemintError, errorMessage } from '../core/errors.ts';
import { scaleConfig } from './schema.ts';
import type { ScaleConfig } from './schema.ts';

const fileNames = [
  'swemint.config.ts',
  'swemint.config.mjs',
  'swemint.config.js',
  'swemint.config.json',
  'swemint.config.toml',
];

export interface ConfigSources {
  /** Path given with `--config`; otherwise `swemint.config.*` in `cwd` is used when it is there. */
  file?: string | undefined;
  cwd: string;
  /** `a.b=c` assignments, in order. */
  assignments?: readonly string[];
  /** Values of flags, nested like the settings; undefined ones were not given. */
  flags?: Readonly<Record<string, unknown>>;
}

/** Merges all sources and checks the result. Throws `SwemintError('bad-config')`. */
export async function loadConfig(sources: ConfigSources): Promise<ScaleConfig> {
  const merged: Record<string, unknown> = {};
  const file = await findFile(sources);
  if (file !== undefined) merge(merged, await readConfigFile(file));
  for (const assignment of sources.assignments ?? []) merge(merged, parseAssignment(assignment));
  merge(merged, sources.flags ?? {});
  const result = scaleConfig.safeParse(merged);
  if (result.success) return result.data;
  throw new SwemintError('bad-config', describe(result.error), {
    hint: 'See `swemint scale --help`, or docs/configuration.md for every setting.',
  });
}

async function findFile({ file, cwd }: ConfigSources): Promise<string | undefined> {
  if (file !== undefined) return resolve(cwd, file);
  for (const name of fileNames) {
    const path = join(cwd, name);
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = await parseConfigFile(path);
  } catch (error) {
    throw new SwemintError(
      'bad-config',
      `The configuration file ${path} cannot be read: ${errorMessage(error)}.`,
      {
        hint: 'It may be TOML, JSON, or a module whose default export is the settings.',
        cause: error,
      },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SwemintError(
      'bad-config',
      `The configuration file ${path} does not hold an object of settings.`,
    );
  }
  return value as Record<string, unknown>;
}

async function parseConfigFile(path: string): Promise<unknown> {
  const extension = extname(path);
  if (extension === '.json') return JSON.parse(await readFile(path, 'utf8'));
  if (extension === '.toml') return parseToml(await readFile(path, 'utf8'));
  await access(path);
  return ((await import(pathToFileURL(path).href)) as { default: unknown }).default;
}

/** `limits.memory=2048` → `{ limits: { memory: 2048 } }`; values are JSON where they parse as such. */
export function parseAssignment(text: string): Record<string, unknown> {
  const equals = text.indexOf('=');
  const path = text.slice(0, equals).trim();
  if (equals < 1 || path.split('.').some((part) => part === '' || part === '__proto__')) {
    throw new SwemintError('bad-config', `"--set ${text}" is not of the form a.b=c.`, {
      hint: 'For example: --set limits.memory=2048',
    });
  }
  return path
    .split('.')
    .reduceRight<unknown>(
      (value, key) => ({ [key]: value }),
      parseValue(text.slice(equals + 1)),
    ) as Record<string, unknown>;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // A bare word is a string: `--set mode=full`.
  }
}

function merge(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    if (value === undefined) continue;
    const existing = target[key];
    if (!isPlain(value)) target[key] = value;
    else if (isPlain(existing)) merge(existing, value);
    else {
      const copy = {};
      merge(copy, value);
      target[key] = copy;
    }
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(error: z.ZodError): string {
  const [first] = error.issues;
  const path = first?.path.join('.') ?? '';
  const where = path === '' ? 'The settings are' : `The setting "${path}" is`;
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  return `${where} not right: ${first?.message ?? 'unknown'}${more}.`;
}
