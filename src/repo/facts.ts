// Answers what recognition may ask about a repository from its files alone, reading each file once.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { errorMessage } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { RepositoryFacts } from '../core/framework.ts';
import { listFolder } from '../lib/files.ts';

/** Folders that hold other people's code or a tool's products. */
const dependencyFolders = new Set([
  '.eggs',
  '.git',
  '.hg',
  '.mypy_cache',
  '.nox',
  '.pytest_cache',
  '.tox',
  '.venv',
  '.yarn',
  '__pycache__',
  'bower_components',
  'node_modules',
  'site-packages',
  'venv',
]);

/** Manifests and configuration are far smaller; larger files are data. */
const largestText = 2 * 1024 * 1024;

/**
 * Collects the facts of the repository at `path`. A manifest that cannot be parsed counts as absent
 * and becomes a warning.
 */
export async function readFacts(path: string, emit?: Emit): Promise<RepositoryFacts> {
  const entries = await listFolder(path, (entry, isFolder) => {
    const name = entry.slice(entry.lastIndexOf('/') + 1);
    return isFolder && (dependencyFolders.has(name) || name.endsWith('.egg-info'));
  });
  const files = entries.filter(({ kind }) => kind === 'file').map((entry) => entry.path);
  const known = new Set(files);
  const texts = new Map<string, string | undefined>();
  const read = (file: string): string | undefined => {
    if (!known.has(file)) return undefined;
    if (!texts.has(file)) texts.set(file, readText(join(path, file)));
    return texts.get(file);
  };
  const manifest = (file: string, parse: (text: string) => unknown) => {
    const text = read(file);
    if (text === undefined) return undefined;
    try {
      const value = parse(text);
      if (isRecord(value)) return value;
      throw new TypeError('it does not hold an object');
    } catch (error) {
      emit?.({
        type: 'warning',
        code: 'bad-manifest',
        message: `${file} is left out of account: ${firstLine(errorMessage(error))}`,
      });
      return undefined;
    }
  };
  return {
    files,
    read,
    packageJson: manifest('package.json', (text) => JSON.parse(text.replace(/^\uFEFF/, ''))),
    pyproject: manifest('pyproject.toml', parseToml),
  };
}

/** Whether a parsed value has named parts. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A part of a parsed manifest that itself has named parts; empty when it is absent or something else. */
export function recordAt(
  value: unknown,
  ...keys: readonly string[]
): Readonly<Record<string, unknown>> {
  let found: unknown = value;
  for (const key of keys) found = isRecord(found) ? found[key] : undefined;
  return isRecord(found) ? found : {};
}

/** A list of texts in a parsed manifest; empty when it is absent or something else. */
export function textsAt(value: unknown, ...keys: readonly string[]): string[] {
  const last = keys.at(-1);
  if (last === undefined) return [];
  const list = recordAt(value, ...keys.slice(0, -1))[last];
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function readText(path: string): string | undefined {
  if (statSync(path).size > largestText) return undefined;
  const bytes = readFileSync(path);
  return bytes.includes(0) ? undefined : bytes.toString('utf8');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
