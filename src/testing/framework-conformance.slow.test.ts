// Runs every framework for real: npm packages are installed once, into a temporary folder.
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameworks } from '../frameworks/registry.ts';
import local from '../sandbox/local/local.ts';
import { installPackages } from './install-packages.ts';
import {
  busyTests,
  frameworkSuites,
  outcomesOf,
  runFrameworkCase,
} from './framework-conformance.ts';

const runners = fileURLToPath(new URL('../../runners', import.meta.url));
const INSTALLED = ['jest@30', 'mocha@11', 'tape@5', 'vitest@5'];

let home = '';
let packages = '';
let missing: string | undefined;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'swemint-frameworks-')));
  packages = join(home, 'packages');
  await mkdir(packages);
  // As in an environment: this checkout may lie where a sandbox shows nothing of the host.
  await cp(runners, join(home, 'runners'), { recursive: true });
  await writeFile(join(packages, 'package.json'), '{"private":true}');
  missing = await installPackages(packages, INSTALLED);
});

afterAll(() => rm(home, { recursive: true, force: true }));

for (const { framework: name, needs, cases } of frameworkSuites) {
  describe(`${name}${needs.node === undefined ? '' : ` with ${needs.node}`}`, () => {
    for (const example of cases) {
      test(example.name, async ({ skip }) => {
        const installed = needs.node !== undefined;
        if (installed && missing !== undefined) skip(missing);
        // Packages are found from the folders above, as in any project.
        const root = await mkdtemp(join(installed ? packages : home, 'case-'));
        await using sandbox = await local.open({
          base: home,
          access: 'direct',
          network: false,
          env: { PATH: process.env['PATH'] ?? '' },
        });
        const place = {
          root,
          exec: sandbox.exec.bind(sandbox),
          read: sandbox.read.bind(sandbox),
          write: sandbox.write.bind(sandbox),
        };
        const framework = await frameworks.load(name);
        const run = await runFrameworkCase(framework, example, place, join(home, 'runners'));
        const seen = outcomesOf(run);
        expect(seen, run.outputTail).toEqual({ collectionErrors: [], ...example.expected });
        if (example.busy !== undefined) expect(busyTests(run)).toEqual(example.busy);
      });
    }
  });
}
