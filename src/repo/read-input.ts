// Reads the sources of an `--input` file: one JSON object a line, in the fields that SWE-Hub uses.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { SwemintError, errorMessage } from '../core/errors.ts';
import type { SourceSpec } from '../core/schema/index.ts';
import { parseSource } from './parse-source.ts';

const text = z.string().trim().min(1);

const row = z
  .object({
    repo: text.optional(),
    repo_name: text.optional(),
    base_commit: text.nullish(),
    language: text.nullish(),
    install_script: z.string().nullish(),
    test_script: z.string().nullish(),
  })
  .refine((value) => value.repo !== undefined || value.repo_name !== undefined, {
    message: '"repo" or "repo_name" is needed',
  });

const languageNames: Readonly<Record<string, string>> = {
  js: 'javascript',
  node: 'javascript',
  py: 'python',
  python3: 'python',
  ts: 'typescript',
};

/**
 * Parses every line; empty lines are skipped, fields of other tools are ignored. Folders are taken
 * relative to the file. Throws `SwemintError('bad-input')` that names the line.
 */
export async function readInput(path: string): Promise<SourceSpec[]> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw new SwemintError('bad-input', `The input file ${path} cannot be read.`, {
      hint: 'Check the path and its permissions.',
      cause: error,
    });
  }
  const specs = content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) =>
      line.trim() === '' ? [] : [parseLine(line, `${path}, line ${index + 1}`, dirname(path))],
    );
  if (specs.length > 0) return specs;
  throw new SwemintError('bad-input', `The input file ${path} names no repository.`, {
    hint: 'Write one JSON object a line, e.g. {"repo": "./my-repo", "language": "python"}.',
  });
}

function parseLine(line: string, where: string, folder: string): SourceSpec {
  const parsed = row.safeParse(parseJson(line, where));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.');
    throw badLine(where, `${field ? `"${field}": ` : ''}${issue?.message ?? 'it is not a row'}`);
  }
  const { repo, repo_name, base_commit, language, install_script, test_script } = parsed.data;
  try {
    const source = located(repo ?? repo_name ?? '', folder);
    const revision = base_commit ?? source.revision;
    return {
      ...source,
      ...(revision === undefined ? {} : { revision }),
      kind: source.kind === 'folder' && revision !== undefined ? 'git' : source.kind,
      ...(language ? { language: languageName(language) } : {}),
      ...(repo_name !== undefined && repo !== undefined ? { name: repo_name } : {}),
      ...(install_script?.trim() ? { installScript: install_script } : {}),
      ...(test_script?.trim() ? { testScript: test_script } : {}),
    };
  } catch (error) {
    throw badLine(where, errorMessage(error));
  }
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw badLine(where, errorMessage(error));
  }
}

/** `owner/name` means GitHub, unless there is such a folder beside the file. */
function located(repo: string, folder: string): SourceSpec {
  const source = parseSource(repo, (path) => existsSync(resolve(folder, path)));
  if (
    source.kind === 'npm' ||
    source.kind === 'pypi' ||
    /^[\w.+-]+:\/\/|^[\w.-]+@[\w.-]+:/.test(repo)
  ) {
    return source;
  }
  const path = resolve(folder, source.location);
  const onGithub = /^[\w-][\w.-]*\/[\w.-]+$/.test(source.location) && !existsSync(path);
  return onGithub
    ? { ...source, kind: 'git', location: `https://github.com/${source.location}` }
    : { ...source, location: path };
}

function languageName(language: string): string {
  const name = language.trim().toLowerCase();
  return languageNames[name] ?? name;
}

function badLine(where: string, reason: string): SwemintError {
  return new SwemintError('bad-input', `${where}: ${reason}.`, {
    hint: 'Each line is a JSON object with repo or repo_name, and optionally base_commit, language, install_script and test_script.',
  });
}
