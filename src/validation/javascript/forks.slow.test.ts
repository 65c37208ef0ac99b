// Proves for every framework that can be forked that forks give each candidate the labels of the whole suite in a fresh process.
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../core/sandbox.ts';
import type { Baseline, EnvironmentSpec, JavascriptRecording } from '../../core/schema/index.ts';
import { frameworks } from '../../frameworks/registry.ts';
import local from '../../sandbox/local/local.ts';
import { installPackages } from '../../testing/install-packages.ts';
import { measureBaseline } from '../baseline.ts';
import { assumeUnselected } from '../confirm.ts';
import { compareWithBaseline } from '../labels.ts';
import type { Confirmer, Screened, Screener } from '../screen.ts';
import { layout, runSuite } from '../suite.ts';
import type { SuiteHost } from '../suite.ts';
import { openJavascriptConfirmer } from './confirmer.ts';
import { compileForkAddon } from './fork-addon.ts';
import { recordJavascript } from './record.ts';
import { openJavascriptScreener } from './screener.ts';

const runners = fileURLToPath(new URL('../../../runners/', import.meta.url));
const limits = { timeoutMs: 60_000, memoryBytes: 2 ** 32, processes: 256 };
const { signal } = new AbortController();

const sources = {
  'package.json': '{"name":"forks","private":true}',
  'lib/words.js': `const kebab = require('lodash.kebabcase');
let calls = 0;
exports.slug = (text) => { calls += 1; return kebab(text); };
exports.calls = () => calls;
exports.leave = (text) => {
  if (text === 'leave') {
    require('fs').writeFileSync(require('path').join(require('os').tmpdir(), 'left'), text);
    require('fs').writeFileSync(require('path').join(__dirname, '..', 'left'), text);
  }
  return text;
};
exports.rewrite = (text) => {
  if (text === 'rewrite') {
    require('fs').writeFileSync(require('path').join(__dirname, 'data.json'), '{"n":2}');
  }
  return require('./data.json').n;
};
`,
  'lib/data.json': '{"n":1}',
  'lib/spin.js': `exports.count = (n) => {
  let at = 0;
  while (at < n) at += 1;
  return at;
};
`,
} as const;
const checks = [
  ['words', 'slugs', "assert.equal(words.slug('Some Words'), 'some-words')"],
  ['words', 'counts', 'assert.equal(words.calls(), 1)'],
  ['words', 'leaves', "assert.equal(words.leave('x'), 'x')"],
  ['words', 'reads', "assert.equal(words.rewrite('x'), 1)"],
  ['spin', 'spins', 'assert.equal(spin.count(5), 5)'],
  [
    'clean',
    'finds nothing',
    `words.leave('y');
     assert.ok(![require('os').tmpdir(), '.'].some((folder) => require('fs').existsSync(folder + '/left')))`,
  ],
  [
    'clean',
    'is itself',
    'assert.equal(require("fs").readlinkSync("/proc/self"), String(process.pid))',
  ],
] as const;
const candidates = [
  ['lib/words.js', 'return kebab(text)', "return kebab(text) + '-'"],
  ['lib/words.js', 'let calls = 0', 'let calls = 1'],
  ['lib/words.js', "text === 'leave'", "text === 'x'"],
  ['lib/words.js', 'return text;', 'return "left";'],
  ['lib/words.js', "text === 'rewrite'", "text === 'x'"],
  ['lib/words.js', "data.json').n", "data.json').n + 0"],
  ['lib/words.js', "require('lodash.kebabcase')", "require('lodash.nothing')"],
  ['lib/spin.js', 'return at', 'process.exit(0)'],
  ['lib/spin.js', 'return at', 'return n + 1'],
] as const;

const head = `const assert = require('assert');
const words = require('../lib/words.js');
const spin = require('../lib/spin.js');
`;
const forms = [
  {
    framework: 'mocha',
    packages: ['mocha@11'],
    write: (title: string, code: string) => `it('${title}', () => { ${code}; });\n`,
  },
  {
    framework: 'jest',
    packages: ['jest@30'],
    write: (title: string, code: string) => `test('${title}', () => { ${code}; });\n`,
  },
  {
    framework: 'tap',
    packages: ['tape@5'],
    write: (title: string, code: string) =>
      `require('tape')('${title}', (t) => { ${code}; t.pass(); t.end(); });\n`,
  },
] as const;

describe.for(forms)('$framework', ({ framework, packages, write }) => {
  let missing: string | undefined;
  let base: string;
  let baseline: Baseline;
  let recording: JavascriptRecording;
  let screener: Screener;
  let confirmer: Confirmer | undefined;
  let host: SuiteHost;
  const sandboxes: Sandbox[] = [];

  beforeAll(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-forks-')));
    missing = await fill(join(base, layout.repository));
    await cp(runners, join(base, layout.runners), { recursive: true });
    if ((await compileForkAddon(signal)) === undefined) missing ??= 'There is no C compiler.';
    if (missing !== undefined) return;
    const spec: EnvironmentSpec = {
      language: 'javascript',
      packageManager: 'npm',
      recipe: 'none',
      install: [],
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
      test: { framework, args: argsOf(framework), env: {}, cwd: '.' },
    };
    const options = { base, access: 'copy-on-write', network: false, env: spec.env } as const;
    const open = async (): Promise<SuiteHost> => {
      const sandbox = await local.open(options);
      sandboxes.push(sandbox);
      return { sandbox, framework: await frameworks.load(framework), spec };
    };
    host = await open();
    const result = await measureBaseline(host, { runs: 2, limits, signal });
    if (!result.ready) throw new Error(`${result.detail}\n${result.outputTail}`);
    baseline = result.baseline;
    recording = await recordJavascript({ ...host, baseline, limits, signal });
    const more = { baseline, recording, limits, signal };
    screener = await openJavascriptScreener({ ...(await open()), ...more });
    confirmer = openJavascriptConfirmer(await open(), recording, more);
  });

  afterAll(async () => {
    await screener?.[Symbol.asyncDispose]();
    await confirmer?.[Symbol.asyncDispose]();
    for (const sandbox of sandboxes) await sandbox[Symbol.asyncDispose]();
    await rm(base, { recursive: true, force: true });
  });

  async function fill(repository: string): Promise<string | undefined> {
    const files: Record<string, string> = { ...sources };
    for (const [file, title, code] of checks) {
      const path = `test/${file}.test.js`;
      files[path] = (files[path] ?? head) + write(title, code);
    }
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(repository, path)), { recursive: true });
      await writeFile(join(repository, path), text);
    }
    return installPackages(repository, [...packages, 'lodash.kebabcase@4']);
  }

  async function inFull(path: string, content: string): Promise<string[]> {
    await host.sandbox.restore();
    await host.sandbox.write(`${layout.repository}/${path}`, content);
    return failing(compareWithBaseline(baseline, await runSuite(host, { limits, signal })));
  }

  function inScreen({ run, selected }: Screened): string[] {
    const known = new Set(selected);
    const whole = run && assumeUnselected(baseline, run, ({ id }) => known.has(id));
    return whole ? failing(compareWithBaseline(baseline, whole)) : [];
  }

  test('every test file runs in forks', ({ skip }) => {
    skip(missing !== undefined, missing);
    expect(recording.forked?.files).toHaveLength(recording.files.length);
    expect(recording.forked?.dependencies.length).toBeGreaterThan(1);
  });

  // Every run of jest costs a second.
  const chosen = candidates.filter((_, index) => framework !== 'jest' || index % 2 === 0);
  test.for(chosen)('%s: %s -> %s', async ([path, find, replace], { skip }) => {
    skip(missing !== undefined, missing);
    const content = sources[path].replace(find, () => replace);
    expect(content).not.toBe(sources[path]);
    const files = [{ path, content }];
    const screened = await screener.screen({ id: find, files, hubLimit: undefined, signal });
    // An end that nobody reports needs a fresh process, and maybe the whole suite.
    if (replace.includes('exit')) {
      expect(screened.level).toBe(framework === 'tap' ? 'reimport' : 'coverage');
      if (screened.suspicious !== undefined) return;
    } else expect(screened.level).toBe('reimport');
    const expected = await inFull(path, content);
    expect(inScreen(screened)).toEqual(expected);
    if (replace.includes('exit')) return;
    const confirmed = await confirmer?.run(files, screened, signal);
    const selected = new Set(screened.files);
    const whole =
      confirmed && assumeUnselected(baseline, confirmed, ({ file }) => selected.has(file));
    expect(whole && failing(compareWithBaseline(baseline, whole))).toEqual(expected);
  });

  test('a hang is seen, and the next candidate is judged right', async ({ skip }) => {
    skip(missing !== undefined, missing);
    const look = (content: string) =>
      screener.screen({
        id: 'x',
        files: [{ path: 'lib/spin.js', content }],
        hubLimit: undefined,
        signal,
      });
    const hang = await look(sources['lib/spin.js'].replace('at += 1', 'at += 0'));
    expect(hang.run?.outcome).toBe('timed-out');
    const next = await look(sources['lib/spin.js'].replace('return at', 'return 0'));
    expect(inScreen(next)).toEqual(['test/spin.test.js::spins']);
  });

  test('too many failures end the run', async ({ skip }) => {
    skip(missing !== undefined || framework === 'tap', missing ?? 'Scripts know no limit.');
    const content = sources['lib/words.js'].replace('return kebab(text)', 'throw new Error("no")');
    const files = [{ path: 'lib/words.js', content }];
    const hub = await screener.screen({ id: 'x', files, hubLimit: 0, signal });
    expect(hub.stoppedAsHub).toBe(true);
  });
});

const argsOf = (framework: string): string[] =>
  framework === 'jest' ? [] : ['clean', 'spin', 'words'].map((name) => `test/${name}.test.js`);

const failing = ({ failToPass }: ReturnType<typeof compareWithBaseline>): string[] =>
  failToPass.map(({ id }) => id).toSorted();
