// Proves that a vitest kept open gives each candidate the labels of the whole suite in a fresh process.
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sandbox } from '../../core/sandbox.ts';
import type { Baseline, EnvironmentSpec } from '../../core/schema/index.ts';
import vitest from '../../frameworks/vitest.ts';
import { installPackages } from '../../testing/install-packages.ts';
import local from '../../sandbox/local/local.ts';
import { measureBaseline } from '../baseline.ts';
import { assumeUnselected } from '../confirm.ts';
import { compareWithBaseline } from '../labels.ts';
import type { Screened, Screener } from '../screen.ts';
import { layout, runSuite } from '../suite.ts';
import { recordJavascript } from './record.ts';
import { openJavascriptScreener } from './screener.ts';

const runners = fileURLToPath(new URL('../../../runners/', import.meta.url));
const limits = { timeoutMs: 60_000, memoryBytes: 2 ** 31, processes: 256 };
const { signal } = new AbortController();

const files = {
  'package.json': '{"name":"warm","private":true,"type":"module"}',
  'src/count.ts': `let count = 0;
export enum Step { One = 1, Two = 2 }
export function next(step: Step = Step.One): number {
  count += step;
  return count;
}
export const names = (): string[] => ['a', 'b'];
`,
  'src/search.ts': `export function search<T>(items: readonly T[], wanted: T): number {
  let at = 0;
  while (at < items.length) {
    if (items[at] === wanted) return at;
    at += 1;
  }
  return -1;
}
`,
  'test/count.test.ts': `import { expect, test } from 'vitest';
import { Step, names, next } from '../src/count';
test('begins anew in every file', () => expect(next()).toBe(1));
test('goes on', () => expect(next(Step.Two)).toBe(3));
for (const name of names()) test('named ' + name, () => expect(name).toHaveLength(1));
`,
  'test/other.test.ts': `import { expect, test } from 'vitest';
import { next } from '../src/count';
test('begins anew here, too', () => expect(next()).toBe(1));
`,
  'test/search.test.ts': `import { expect, test } from 'vitest';
import { search } from '../src/search';
test('finds', () => expect(search([1, 2], 2)).toBe(1));
test('misses', () => expect(search([1, 2], 3)).toBe(-1));
`,
} as const;

let missing: string | undefined;
let base: string;
let [sandbox, own]: Sandbox[] = [];
let baseline: Baseline;
let screener: Screener;
let spec: EnvironmentSpec;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-warm-')));
  const repository = join(base, layout.repository);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), text);
  }
  await cp(runners, join(base, layout.runners), { recursive: true });
  missing = await installPackages(repository, ['vitest@4']);
  if (missing !== undefined) return;
  spec = {
    language: 'typescript',
    packageManager: 'npm',
    recipe: 'none',
    install: [],
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
    test: { framework: 'vitest', args: [], env: {}, cwd: '.' },
  };
  const options = { base, access: 'copy-on-write', network: false, env: spec.env } as const;
  [sandbox, own] = [await local.open(options), await local.open(options)];
  const host = { sandbox, framework: vitest, spec };
  const result = await measureBaseline(host, { runs: 2, limits, signal });
  if (!result.ready) throw new Error(`${result.detail}\n${result.outputTail}`);
  baseline = result.baseline;
  const recording = await recordJavascript({ ...host, baseline, limits, signal });
  expect(recording.warm?.files).toHaveLength(3);
  screener = await openJavascriptScreener({
    ...host,
    sandbox: own,
    baseline,
    recording,
    limits,
    signal,
  });
});

beforeEach(({ skip }) => skip(missing !== undefined, missing));

afterAll(async () => {
  await screener?.[Symbol.asyncDispose]();
  await sandbox?.[Symbol.asyncDispose]();
  await own?.[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

type Path = keyof typeof files;

async function look(path: Path, find: string, replace: string): Promise<Screened> {
  expect(files[path].split(find)).toHaveLength(2);
  const content = files[path].replace(find, replace);
  const request = { id: replace, files: [{ path, content }], hubLimit: undefined, signal };
  return screener.screen(request);
}

function failing({ run, selected }: Screened): string[] {
  const known = new Set(selected);
  const whole = run && assumeUnselected(baseline, run, ({ id }) => known.has(id));
  return whole ? compareWithBaseline(baseline, whole).failToPass.map(({ id }) => id) : [];
}

async function failingInFull(path: Path, find: string, replace: string): Promise<string[]> {
  if (!sandbox) return [];
  await sandbox.restore();
  await sandbox.write(`${layout.repository}/${path}`, files[path].replace(find, replace));
  const run = await runSuite({ sandbox, framework: vitest, spec }, { limits, signal });
  return compareWithBaseline(baseline, run).failToPass.map(({ id }) => id);
}

test.for([
  ['src/count.ts', 'count += step', 'count -= step'],
  ['src/search.ts', 'return -1', 'return -2'],
  ['src/count.ts', 'One = 1', 'One = 3'],
  ['src/count.ts', "['a', 'b']", "['a', 'c']"],
  ['src/count.ts', 'let count = 0', 'let count = 0; throw new Error("no")'],
  ['src/count.ts', 'return count;', 'return count + 0;'],
] as const)('%s: %s -> %s', async ([path, find, replace]) => {
  const screened = await look(path, find, replace);
  expect(screened.level).toBe('warm');
  expect(failing(screened)).toEqual(await failingInFull(path, find, replace));
});

test('after a hang the next candidate is judged right', async () => {
  const hang = await look('src/search.ts', 'at += 1', 'at += 0');
  expect(hang.run?.outcome).toBe('timed-out');
  const next = await look('src/search.ts', 'return at;', 'return at + 1;');
  expect(failing(next)).toEqual(['test/search.test.ts::finds']);
});
