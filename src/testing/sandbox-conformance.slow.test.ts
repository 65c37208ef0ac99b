// The local sandbox shows every behaviour, at each level of isolation that this machine can give.
import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSandbox } from '../sandbox/local/open.ts';
import { describeMachine, probeMachine } from '../sandbox/local/probe.ts';
import { missingProtections, openWith, sandboxBehaviours } from './sandbox-conformance.ts';

// The plain system interpreter: version managers' shims cost more than most behaviours.
const PATH = '/usr/local/bin:/usr/bin:/bin';
const NOBODY = 65_534;

const machine = await probeMachine();
const levels = [
  { name: `as found: ${machine.isolation.summary}`, machine },
  // Copies need the namespaces that only a better level proves.
  ...(machine.level === 'in-place'
    ? []
    : [
        {
          name: 'with copies',
          machine: describeMachine('copy', machine.cgroups, ['Switched off for this test.']),
        },
      ]),
  {
    name: 'without namespaces',
    machine: describeMachine('in-place', null, ['Switched off for this test.']),
  },
];

for (const level of levels) {
  describe(level.name, () => {
    for (const behaviour of sandboxBehaviours) {
      test.skipIf(missingProtections(behaviour, level.machine.isolation).length > 0)(
        behaviour.name,
        () =>
          behaviour.run(openWith({ open: (options) => openSandbox(level.machine, options) }, PATH)),
      );
    }
  });
}

test.skipIf(process.getuid?.() !== 0)(
  'as a user without privileges',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'swemint-nobody-'));
    await chown(home, NOBODY, NOBODY);
    try {
      const output = await new Promise<string>((resolve) => {
        execFile(
          'setpriv',
          [
            `--reuid=${NOBODY}`,
            `--regid=${NOBODY}`,
            '--clear-groups',
            process.execPath,
            join(import.meta.dirname, 'sandbox/run.ts'),
            'local',
            PATH,
          ],
          { env: { PATH, HOME: home, TMPDIR: home }, maxBuffer: 1 << 24 },
          (_error, stdout, stderr) => resolve(stdout + stderr),
        );
      });
      const records = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { name?: string; status?: string; message?: string });
      expect(records.filter((record) => record.status === 'failed')).toEqual([]);
      expect(records.filter((record) => record.status === 'passed').length).toBeGreaterThan(40);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
  600_000,
);
