// Proves on a suite made of traps that the quick look at a candidate gives the labels of the full way, which the fixture holds.
import { cp, mkdtemp, readFile, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Sandbox } from '../../core/sandbox.ts';
import type { Baseline, EnvironmentSpec, JavascriptRecording } from '../../core/schema/index.ts';
import nodeTest from '../../frameworks/node-test.ts';
import local from '../../sandbox/local/local.ts';
import { measureBaseline } from '../baseline.ts';
import { assumeUnselected } from '../confirm.ts';
import { compareWithBaseline } from '../labels.ts';
import type { Screener, ScreenLevel } from '../screen.ts';
import { layout, runSuite } from '../suite.ts';
import { compileForkAddon } from './fork-addon.ts';
import { recordJavascript } from './record.ts';
import { openJavascriptScreener } from './screener.ts';

const fixture = fileURLToPath(new URL('fixtures/traps-javascript/', import.meta.url));
const runners = fileURLToPath(new URL('../../../runners/', import.meta.url));

const traps = z
  .array(
    z.object({
      name: z.string(),
      path: z.string(),
      find: z.string(),
      replace: z.string(),
      /** What the whole suite in fresh processes says: the tests that fail, or that it never ends. */
      fails: z.array(z.string()).optional(),
      hangs: z.boolean().optional(),
    }),
  )
  .parse(JSON.parse(await readFile(join(fixture, 'candidates.json'), 'utf8')));

const limits = { timeoutMs: 30_000, memoryBytes: 2 ** 31, processes: 256 };
const { signal } = new AbortController();
const spec: EnvironmentSpec = {
  language: 'javascript',
  packageManager: 'npm',
  recipe: 'none',
  install: [],
  env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
  test: { framework: 'node-test', args: ['test/*.test.*'], env: {}, cwd: '.' },
};

const typescript = ['lib/typed.ts', 'test/typed.test.ts'];

let base: string;
let sandbox: Sandbox;
/** The screen keeps a process alive in its own. */
let own: Sandbox;
let baseline: Baseline;
let recording: JavascriptRecording;
let screener: Screener;
let hasCompiler: boolean;
const levels = new Map<string, ScreenLevel>();

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-traps-')));
  await cp(fixture, join(base, layout.repository), { recursive: true });
  // Under their own names our compiler and our test runner would take them.
  for (const path of typescript) {
    await rename(
      join(base, layout.repository, `${path}.text`),
      join(base, layout.repository, path),
    );
  }
  await cp(runners, join(base, layout.runners), { recursive: true });
  const options = { base, access: 'copy-on-write', network: false, env: spec.env } as const;
  [sandbox, own] = [await local.open(options), await local.open(options)];
  const host = { sandbox, framework: nodeTest, spec };
  const result = await measureBaseline(host, { runs: 2, limits, signal });
  if (!result.ready) throw new Error(`${result.detail}\n${result.outputTail}`);
  baseline = result.baseline;
  hasCompiler = (await compileForkAddon(signal)) !== undefined;
  recording = await recordJavascript({ ...host, baseline, limits, signal });
  const screenHost = { ...host, sandbox: own };
  screener = await openJavascriptScreener({ ...screenHost, baseline, recording, limits, signal });
});

afterAll(async () => {
  await screener[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

async function mutate(trap: (typeof traps)[number]): Promise<string> {
  const text = await readFile(join(base, layout.repository, trap.path), 'utf8');
  expect(text.split(trap.find)).toHaveLength(2);
  return text.replace(trap.find, () => trap.replace);
}

async function labelsInFull(path: string, content: string): Promise<string[]> {
  await sandbox.restore();
  await sandbox.write(`${layout.repository}/${path}`, content);
  const run = await runSuite({ sandbox, framework: nodeTest, spec }, { limits, signal });
  return failing(compareWithBaseline(baseline, run));
}

const failing = ({ failToPass }: ReturnType<typeof compareWithBaseline>): string[] =>
  failToPass.map(({ id }) => id).toSorted();

test('the recording sees what cannot be looked into, and who depends on whom', () => {
  const byFile = new Map(recording.files.map((testFile) => [testFile.file, testFile]));
  expect(byFile.get('test/text-source.test.js')?.reads).toContain('lib/text.js');
  expect(byFile.get('test/text-function.test.js')?.modules['lib/text.js']?.ran).toBeNull();
  expect(byFile.get('test/processes.test.js')?.modules).toHaveProperty('lib/shout.js');
  expect(byFile.get('test/threads.test.js')?.modules).toHaveProperty('lib/worker.js');
  expect(recording.files.filter(({ dependent }) => dependent !== null)).toEqual([]);
  expect(recording.grouped?.files).toContain('test/flow.test.js');
  expect(recording.grouped?.files).not.toContain('test/state-b.test.js');
});

describe('labels are those of the full way', () => {
  test.for(traps)('$name', async (trap) => {
    const content = await mutate(trap);
    const screened = await screener.screen({
      id: trap.name,
      files: [{ path: trap.path, content }],
      hubLimit: undefined,
      signal,
    });
    levels.set(trap.name, screened.level);
    expect(screened.suspicious).toBeUndefined();
    const selected = new Set(screened.selected);
    const seen =
      screened.run === undefined
        ? []
        : failing(
            compareWithBaseline(
              baseline,
              assumeUnselected(baseline, screened.run, ({ id }) => selected.has(id)),
            ),
          );
    if (trap.hangs === true) expect(screened.run?.outcome).toBe('timed-out');
    else expect(seen).toEqual(trap.fails);
  });
});

test('only what ends a process in an odd way needs a fresh one', ({ skip }) => {
  skip(!hasCompiler, 'There is no C compiler, and without one Node cannot fork.');
  expect(recording.forked?.files).toHaveLength(recording.files.length);
  const fresh = [...levels].filter(([, level]) => level === 'coverage').map(([name]) => name);
  expect(fresh).toEqual(['exit', 'exit that looks well', 'unhandled rejection', 'tests vanish']);
});

test('the labels in the fixture are those of the full way', async () => {
  const sample = traps.filter(({ hangs }, index) => hangs !== true && index % 10 === 3);
  for (const trap of sample) {
    expect(await labelsInFull(trap.path, await mutate(trap))).toEqual(trap.fails);
  }
});

test('a change that nothing executes costs nothing', async () => {
  const trap = traps.find(({ name }) => name === 'never called');
  if (trap === undefined) throw new Error('The candidate is gone.');
  const files = [{ path: trap.path, content: await mutate(trap) }];
  const screened = await screener.screen({ id: 'x', files, hubLimit: undefined, signal });
  expect(screened).toMatchObject({ level: 'uncovered', run: undefined });
});

test('a candidate that breaks too much is stopped', async () => {
  const trap = traps.find(({ name }) => name === 'static block');
  if (trap === undefined) throw new Error('The candidate is gone.');
  const files = [{ path: trap.path, content: 'throw new Error("everything");\n' }];
  const screened = await screener.screen({ id: 'x', files, hubLimit: undefined, signal });
  expect(screened.run?.results.every(({ status }) => status === 'failed')).toBe(true);
  expect(screened.selected.length).toBeGreaterThan(4);
});
