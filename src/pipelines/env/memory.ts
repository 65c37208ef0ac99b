// Remembers what has solved repositories, so that their neighbours are tried with it first.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import { rememberedEnvironment } from '../../core/schema/index.ts';
import type { RememberedEnvironment } from '../../core/schema/index.ts';
import { writeAtomic } from '../../lib/atomic-file.ts';

export interface EnvironmentMemory {
  /** What has solved neighbours, the most often used first; at most a few. */
  recall(fingerprint: string): RememberedEnvironment[];
  remember(solved: RememberedEnvironment): Promise<void>;
}

/** Trying is not free: two builds at most before the ladder. */
const mostRecalled = 2;

/**
 * Opens a memory file, or begins one when the first thing is remembered. A line that a kill tore
 * is left out. Throws `SwemintError('bad-memory')` when the file holds something else.
 */
export async function openMemory(path: string): Promise<EnvironmentMemory> {
  const text = await readText(path);
  const known = parseMemory(text, path);
  // Else the next line would be written onto a torn one.
  if (text !== '' && !text.endsWith('\n')) await writeAtomic(path, known.map(renderLine).join(''));
  return {
    recall: (fingerprint) => recall(known, fingerprint),
    remember: async (solved) => {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, renderLine(solved));
      known.push(solved);
    },
  };
}

/** A memory that holds nothing and keeps nothing. */
export const noMemory: EnvironmentMemory = {
  recall: () => [],
  remember: () => Promise.resolve(),
};

function recall(
  known: readonly RememberedEnvironment[],
  fingerprint: string,
): RememberedEnvironment[] {
  const found = new Map<string, { newest: RememberedEnvironment; uses: number }>();
  for (const one of known) {
    if (one.fingerprint !== fingerprint) continue;
    const key = JSON.stringify([one.spec.recipe, one.spec.install, one.spec.test]);
    found.set(key, { newest: one, uses: (found.get(key)?.uses ?? 0) + 1 });
  }
  return [...found.values()]
    .toSorted((a, b) => b.uses - a.uses || (a.newest.date < b.newest.date ? 1 : -1))
    .slice(0, mostRecalled)
    .map(({ newest }) => newest);
}

function renderLine(solved: RememberedEnvironment): string {
  return `${JSON.stringify(solved)}\n`;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new SwemintError('bad-memory', `The environment memory ${path} cannot be read.`, {
      hint: 'Check the path and its permissions, or name another file with --memory.',
      cause: error,
    });
  }
}

function parseMemory(text: string, path: string): RememberedEnvironment[] {
  return text.split('\n').flatMap((line, index, lines) => {
    if (line.trim() === '') return [];
    const parsed = rememberedEnvironment.safeParse(parseJson(line));
    if (parsed.success) return [parsed.data];
    if (index === lines.length - 1) return [];
    throw new SwemintError(
      'bad-memory',
      `${path} is not an environment memory: line ${index + 1} cannot be read.`,
      { hint: 'Name another file with --memory, or remove that line.' },
    );
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
