// Looks at JavaScript candidates by running only the test files that can notice them, warm where that was seen to be safe.
import { extname } from 'node:path/posix';
import type { Language } from '../../core/language.ts';
import type { Limits } from '../../core/sandbox.ts';
import type { Baseline, JavascriptRecording } from '../../core/schema/index.ts';
import { languages } from '../../languages/registry.ts';
import { openSyntax } from '../../languages/syntax.ts';
import type { Syntax } from '../../languages/syntax.ts';
import type { ChangedFile, Screened, Screener, ScreenRequest } from '../screen.ts';
import type { SuiteHost } from '../suite.ts';
import { findChanges } from './change.ts';
import { chooseTestFiles } from './choose.ts';
import type { Choice, FileChange } from './choose.ts';
import { CompileChecker } from './compile-check.ts';
import { openOriginals } from './originals.ts';
import { ForkedFiles } from './forked-files.ts';
import { limitsFor, runCovering, shareLimits } from './run-covering.ts';
import { WarmVitest } from './warm-vitest.ts';
import type { WarmRun } from './warm-vitest.ts';
import { withoutMarkup } from './without-markup.ts';

export interface JavascriptScreenerOptions extends SuiteHost {
  baseline: Baseline;
  recording: JavascriptRecording;
  /** Of one run of the whole suite. */
  limits: Limits;
  signal: AbortSignal;
}

/** Opens a screen over one sandbox of its own; the caller keeps the sandbox. */
export async function openJavascriptScreener(
  options: JavascriptScreenerOptions,
): Promise<Screener> {
  const { sandbox, baseline, recording } = options;
  const checker = new CompileChecker();
  const readers = await openReaders();
  const original = openOriginals(sandbox);

  const describeChange = async ({ path, content }: ChangedFile): Promise<FileChange> => {
    const syntax = readers.get(extname(path));
    if (syntax === undefined) return { path, changes: undefined };
    const before = await original(path);
    const rewritten = [rewriteMarkup(syntax, before), rewriteMarkup(syntax, content)] as const;
    if ((await checker.check(path, ...rewritten)) !== 'compiles') {
      return { path, changes: before === content ? [] : [{ kind: 'module' }] };
    }
    return { path, changes: compareTexts(syntax, before, content) };
  };

  const choose = async (files: readonly ChangedFile[]): Promise<Choice & { same: boolean }> => {
    const changes = await Promise.all(files.map(describeChange));
    const same = changes.every((change) => change.changes?.length === 0);
    return { ...chooseTestFiles(recording, changes), same };
  };

  const forks = recording.forked === null ? undefined : new ForkedFiles(options, recording.forked);
  const warmFiles = new Set(recording.warm?.files);
  const warm = recording.warm === null ? undefined : new WarmVitest(options);

  const runWarm = async (
    files: readonly string[],
    { files: changed, hubLimit, signal }: ScreenRequest,
  ): Promise<WarmRun | undefined> => {
    if (warm === undefined || !files.every((file) => warmFiles.has(file))) return undefined;
    const originals = await Promise.all(
      changed.map(async ({ path }) => ({ path, content: await original(path) })),
    );
    const general = limitsFor(recording, files, options.limits);
    const limits = shareLimits(general, files, recording.warm);
    return warm.run({ files, changed, originals, hubLimit, limits, signal });
  };

  await sandbox.restore();
  return {
    screen: async (request: ScreenRequest): Promise<Screened> => {
      request.signal.throwIfAborted();
      const { files, needsSuite, same } = await choose(request.files);
      if (needsSuite !== undefined) return untrusted(needsSuite);
      if (files.length === 0) return nothingToRun(same ? 'unchanged' : 'uncovered');
      const covering = new Set(files);
      const seen = {
        files,
        selected: baseline.tests.filter(({ file }) => covering.has(file)).map(({ id }) => id),
      };
      const quick = await runWarm(files, request);
      if (quick !== undefined) {
        return { level: 'warm', ...quick, ...seen, suspicious: undefined };
      }
      await warm?.close();
      const forked = await forks?.run(recording, files, request);
      if (forked !== undefined) {
        const suspicious = forked.stoppedAsHub
          ? undefined
          : findSuspicion(recording, forked.run, covering);
        return { level: 'reimport', ...forked, ...seen, suspicious };
      }
      await forks?.close();
      const { run, stoppedAsHub } = await runCovering(options, recording, files, request);
      await sandbox.restore();
      const suspicious = stoppedAsHub ? undefined : findSuspicion(recording, run, covering);
      return { level: 'coverage', run, ...seen, suspicious, stoppedAsHub };
    },
    [Symbol.asyncDispose]: async () => {
      await checker[Symbol.asyncDispose]();
      await warm?.[Symbol.asyncDispose]();
      await forks?.[Symbol.asyncDispose]();
    },
  };
}

const untrusted = (suspicious: string): Screened => ({
  level: 'full',
  run: undefined,
  selected: [],
  files: [],
  suspicious,
  stoppedAsHub: false,
});

const nothingToRun = (level: 'unchanged' | 'uncovered'): Screened => ({
  level,
  run: undefined,
  selected: [],
  files: [],
  suspicious: undefined,
  stoppedAsHub: false,
});

/** In a shared process, one test file's failure can become another's. */
function findSuspicion(
  recording: JavascriptRecording,
  run: NonNullable<Screened['run']>,
  covering: ReadonlySet<string>,
): string | undefined {
  if (!recording.sharesProcess) return undefined;
  if (run.outcome === 'interrupted' || run.outcome === 'no-report') {
    return `the run ended early (${run.outcome}), and all test files share its process`;
  }
  const failed = run.results.some(({ status }) => status === 'failed');
  const dependent = recording.files.find(
    ({ file, dependent }) => dependent !== null && !covering.has(file),
  );
  if (!failed || dependent === undefined) return undefined;
  return `tests fail, and ${dependent.file} depends on what others leave behind`;
}

async function openReaders(): Promise<Map<string, Syntax>> {
  const known = await Promise.all(
    ['javascript', 'typescript', 'tsx'].map((name) => languages.load(name)),
  );
  const readers = new Map<string, Syntax>();
  for (const language of known satisfies Language[]) {
    const syntax = await openSyntax(language);
    for (const extension of language.extensions) readers.set(extension, syntax);
  }
  return readers;
}

function rewriteMarkup(syntax: Syntax, text: string): string {
  const tree = syntax.parse(text);
  try {
    return withoutMarkup(tree.rootNode, text);
  } finally {
    tree.delete();
  }
}

function compareTexts(syntax: Syntax, before: string, after: string): FileChange['changes'] {
  const [old, now] = [syntax.parse(before), syntax.parse(after)];
  try {
    if (old.rootNode.hasError || now.rootNode.hasError) {
      return before === after ? [] : [{ kind: 'module' }];
    }
    return findChanges(old.rootNode, now.rootNode, { before, after });
  } finally {
    old.delete();
    now.delete();
  }
}
