// Reads the source of single tests from a repository, whatever language they are written in.
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { findJavaScriptTest } from './javascript-test-source.ts';
import { findPythonTest } from './python-test-source.ts';
import { clipLines } from './source-text.ts';
import { parseTestId } from './test-name.ts';

export interface TestSource {
  /** Repository-relative path of its file. */
  path: string;
  text: string;
  /** What a Markdown fence calls the language. */
  fence: string;
}

/** The tests of one repository. */
export interface TestSources {
  /** Undefined when the file or the test in it cannot be found: a generated test, a doctest. */
  read(testId: string): Promise<TestSource | undefined>;
}

type Finder = (text: string, names: readonly string[], ordinal: number) => string | undefined;

const finders: Readonly<Record<string, { find: Finder; fence: string }>> = {
  '.py': { find: findPythonTest, fence: 'python' },
  '.js': { find: findJavaScriptTest, fence: 'js' },
  '.cjs': { find: findJavaScriptTest, fence: 'js' },
  '.mjs': { find: findJavaScriptTest, fence: 'js' },
  '.jsx': { find: findJavaScriptTest, fence: 'jsx' },
  '.ts': { find: findJavaScriptTest, fence: 'ts' },
  '.cts': { find: findJavaScriptTest, fence: 'ts' },
  '.mts': { find: findJavaScriptTest, fence: 'ts' },
  '.tsx': { find: findJavaScriptTest, fence: 'tsx' },
};

const FILE_LIMIT = 2_000_000;
const LINE_LIMIT = 60;

/** Opens the clean copy at `root` for reading tests. Files outside it, by link or by name, are not read. */
export function openTestSources(root: string): TestSources {
  let last: { path: string; text: string | undefined } | undefined;
  const readText = async (path: string): Promise<string | undefined> => {
    if (last?.path !== path) last = { path, text: await readInside(root, path) };
    return last.text;
  };
  return {
    async read(testId) {
      const { path, names, ordinal } = parseTestId(testId);
      const finder = finders[extname(path)];
      const text = finder && names.length > 0 ? await readText(path) : undefined;
      if (!finder || text === undefined) return undefined;
      const found = finder.find(text, names, ordinal);
      return found === undefined
        ? undefined
        : { path, text: clipLines(found, LINE_LIMIT), fence: finder.fence };
    },
  };
}

async function readInside(root: string, path: string): Promise<string | undefined> {
  const real = await realpath(join(root, path)).catch(() => undefined);
  if (real === undefined || !real.startsWith((await realpath(root)) + sep)) return undefined;
  const text = await readFile(real, 'utf8').catch(() => undefined);
  return text === undefined || text.length > FILE_LIMIT ? undefined : text;
}
