import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig, parseAssignment } from './load.ts';
import { canonicalSettings } from './schema.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'swemint-config-'));
});
afterEach(() => rm(cwd, { recursive: true }));

test('defaults need nothing', async () => {
  const config = await loadConfig({ cwd });
  expect(config).toMatchObject({ seed: 24, baselineRuns: 3, limits: { memory: 4096 } });
});

test('a later source wins: file, then --set, then flags', async () => {
  await writeFile(
    join(cwd, 'swemint.config.toml'),
    'seed = 1\nperEntity = 2\n[limits]\nmemory = 100\ndisk = 7\n',
  );
  const config = await loadConfig({
    cwd,
    assignments: ['limits.memory=200', 'perEntity=3'],
    flags: { perEntity: 4, workers: undefined },
  });
  expect(config).toMatchObject({ seed: 1, perEntity: 4, limits: { memory: 200, disk: 7 } });
});

test('a module can be a configuration file', async () => {
  await writeFile(join(cwd, 'settings.mjs'), 'export default { statement: "none" };\n');
  expect(await loadConfig({ cwd, file: 'settings.mjs' })).toMatchObject({ statement: 'none' });
});

test.each([
  [{ assignments: ['limits.memroy=1'] }, /limits/],
  [{ assignments: ['seed=many'] }, /"seed"/],
  [{ assignments: ['seed'] }, /a\.b=c/],
  [{ assignments: ['a..b=1'] }, /a\.b=c/],
  [{ flags: { workers: 0 } }, /"workers"/],
  [{ file: 'absent.toml' }, /absent\.toml/],
])('bad settings are named: %j', async (sources, message) => {
  await expect(loadConfig({ cwd, ...sources })).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(message),
  });
});

test('assignments parse JSON and fall back to words', () => {
  expect(parseAssignment('a.b=[1,"x"]')).toEqual({ a: { b: [1, 'x'] } });
  expect(parseAssignment('a=b=c')).toEqual({ a: 'b=c' });
});

test('canonical settings ignore what changes no data', async () => {
  const one = await loadConfig({ cwd, flags: { workers: 1 } });
  const two = await loadConfig({ cwd, flags: { workers: 2 } });
  const seeded = await loadConfig({ cwd, flags: { seed: 25 } });
  expect(canonicalSettings(one, ['./a'])).toBe(canonicalSettings(two, ['./a']));
  expect(canonicalSettings(one, ['./a'])).not.toBe(canonicalSettings(seeded, ['./a']));
  expect(canonicalSettings(one, ['./a'])).not.toBe(canonicalSettings(one, ['./b']));
});
