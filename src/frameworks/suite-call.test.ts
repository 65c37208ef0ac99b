import { randomBytes } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { frameworks } from './registry.ts';
import { fromFolder, selectedFiles, selectionEnvironment } from './suite-call.ts';

const place = { reportPath: '/r', runnersPath: '/runners', repositoryPath: '/repo' };

test('ten thousand ids fit into variables that Linux accepts', () => {
  const tests = Array.from({ length: 10_000 }, () => `f::${randomBytes(30).toString('hex')}`);
  const variables = selectionEnvironment(tests);
  const values = Object.values(variables);
  expect(Math.max(...values.map((value) => value.length))).toBeLessThan(128 * 1024);
  expect(Object.keys(variables).slice(0, 2)).toEqual(['SWEMINT_TESTS', 'SWEMINT_TESTS_1']);
  expect(JSON.parse(inflateSync(Buffer.from(values.join(''), 'base64')).toString())).toEqual(tests);
});

test('files of tests and files, each once, seen from the folder', () => {
  const files = selectedFiles({ files: ['a/x.py'], tests: ['a/x.py::t', 'b/y.py::C::t[a::b]'] });
  expect(files).toEqual(['a/x.py', 'b/y.py']);
  expect(selectedFiles({})).toBeUndefined();
  const setting = { framework: 'pytest', args: [], env: {}, cwd: 'a/deep' };
  expect(fromFolder(setting, ['a/deep/x.py', 'b/y.py'])).toEqual(['x.py', '../../b/y.py']);
});

test('every framework reports where it is told and selects what it is told', async () => {
  for (const framework of await frameworks.loadAll()) {
    const setting = { framework: framework.name, args: [], env: { TZ: 'Asia/Tokyo' }, cwd: '.' };
    const selection = { files: ['one/file.x'] };
    const { argv, env } = framework.command({ setting, selection, ...place });
    expect(env).toMatchObject({ SWEMINT_REPORT: '/r', SWEMINT_ROOT: '/repo', TZ: 'Asia/Tokyo' });
    expect(argv.join(' ')).toContain('/runners/');
    expect(argv.includes('one/file.x') || env['SWEMINT_FILES'] !== undefined).toBe(true);
    expect(framework.plainCommand(setting, selection)).toMatch(/^TZ=Asia\/Tokyo .*one\/file\.x/);
  }
});

test('plain commands quote what a shell would change', async () => {
  const pytest = await frameworks.load('pytest');
  const setting = { framework: 'pytest', args: ['--', 'tests'], env: {}, cwd: 'sub dir' };
  expect(pytest.plainCommand(setting, { tests: ["sub dir/t.py::a[it's $x]"] })).toBe(
    `cd 'sub dir' && python -m pytest -rA --color=no -p no:cacheprovider -p no:unraisableexception 't.py::a[it'\\''s $x]'`,
  );
  expect(pytest.plainCommand({ ...setting, cwd: '.' })).toMatch(/ tests$/);
});
