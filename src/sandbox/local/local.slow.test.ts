// The host after the sandbox: no mount, group, process or file of ours stays, whatever ends the driver.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import local from './local.ts';
import { probeMachine } from './probe.ts';

const machine = await probeMachine();

async function makeBase(): Promise<{ base: string } & AsyncDisposable> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-host-')));
  await writeFile(join(base, 'file'), 'base\n');
  return { base, [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }) };
}

const options = { access: 'copy-on-write', network: false, env: {} } as const;

function ownGroups(pid: number): string[] {
  return Object.values(machine.cgroups?.folders ?? {})
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => name.startsWith(`swemint-${pid}-`));
}

function processesNaming(word: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

async function eventually(check: () => boolean): Promise<boolean> {
  for (let round = 0; round < 100 && !check(); round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return check();
}

test('a disposed sandbox leaves nothing', async () => {
  await using made = await makeBase();
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  const marker = `83${process.pid}.25`;
  {
    await using sandbox = await local.open({ ...options, base: made.base });
    await sandbox.exec({ argv: ['sh', '-c', `setsid sleep ${marker} & echo x >file`] });
    await using program = await sandbox.spawn({ argv: ['sleep', marker] });
    await program.write('');
    expect(processesNaming(marker).length).toBeGreaterThan(0);
  }
  expect(processesNaming(marker)).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
  expect(ownGroups(process.pid)).toEqual([]);
  expect(readFileSync(join(made.base, 'file'), 'utf8')).toBe('base\n');
});

test('a driver killed with SIGKILL leaves nothing running', async () => {
  await using made = await makeBase();
  const marker = `84${process.pid}.25`;
  const program = `
    import local from ${JSON.stringify(join(import.meta.dirname, 'local.ts'))};
    const sandbox = await local.open(${JSON.stringify({ ...options, base: made.base })});
    void sandbox.exec({ argv: ['sh', '-c', 'setsid sleep ${marker} & echo x >file; sleep ${marker}'] });
    setInterval(() => {}, 1000);
  `;
  const driver = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'inherit',
  });
  const running = (): string[] =>
    processesNaming(marker).filter((pid) => Number(pid) !== driver.pid);
  expect(await eventually(() => running().length >= 2)).toBe(true);
  driver.kill('SIGKILL');
  expect(await eventually(() => running().length === 0)).toBe(true);
  expect(readFileSync(join(made.base, 'file'), 'utf8')).toBe('base\n');
});

test('the cost of a command and of a restore stays small', async () => {
  await using made = await makeBase();
  await using sandbox = await local.open({ ...options, base: made.base });
  const median = async (action: () => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      const start = performance.now();
      await action();
      times.push(performance.now() - start);
    }
    return times.sort((left, right) => left - right)[7] ?? Number.POSITIVE_INFINITY;
  };
  // Bounds for a busy machine; an idle one takes a small part of them.
  expect(await median(() => sandbox.exec({ argv: ['true'] }))).toBeLessThan(250);
  expect(await median(() => sandbox.restore())).toBeLessThan(150);
});
