// Reads what a program kept open in a sandbox answers, line by line: data from inside, so doubted.
import type { z } from 'zod';
import { SwemintError } from '../../core/errors.ts';
import type { SandboxProcess } from '../../core/sandbox.ts';
import { layout } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';

/** Undefined when the program ended, talks nonsense or stays silent. */
export type NextAnswer<Answer> = (silenceMs: number) => Promise<Answer | undefined>;

export function openAnswers<Schema extends z.ZodType>(
  process: SandboxProcess,
  schema: Schema,
): NextAnswer<z.infer<Schema>> {
  const lines = process.lines[Symbol.asyncIterator]();
  return async (silenceMs) => {
    const silence = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => silence.resolve(undefined), silenceMs);
    try {
      const next = await Promise.race([lines.next(), silence.promise]);
      if (next === undefined || next.done === true) return undefined;
      return schema.safeParse(parseJson(next.value)).data;
    } finally {
      clearTimeout(timer);
    }
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The report of the last run; undefined where there is none. */
export async function readReport({ sandbox }: SuiteHost): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await sandbox.read(layout.report));
  } catch (error) {
    if (error instanceof SwemintError && error.code === 'no-such-file') return undefined;
    throw error;
  }
}
