// The docker sandbox shows every behaviour, mints what the local one mints, and leaves nothing behind.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { afterAll, describe, expect, test } from 'vitest';
import type { ImageRecord, Task } from '../core/schema/index.ts';
import docker from '../sandbox/docker/docker.ts';
import { connectEngine } from '../sandbox/docker/engine.ts';
import { runCommandLine } from './command-line.ts';
import { startEngine } from './containers/engine.ts';
import { importHostImage } from './containers/host-image.ts';
import { missingProtections, openWith, sandboxBehaviours } from './sandbox-conformance.ts';

const IMAGE = 'swemint-test:host';
const PATH = '/usr/local/bin:/usr/bin:/bin';
const example = fileURLToPath(new URL('../../examples/python', import.meta.url));

const started = await startEngine();
const engine = typeof started === 'string' ? undefined : started;
const client = engine ? await connectEngine(engine.host) : new Docker();
const lacking = engine ? await importHostImage(client, IMAGE) : started;
if (typeof lacking === 'string') process.stderr.write(`skipped: ${lacking}\n`);
afterAll(() => engine?.stop());

const settings = { image: IMAGE, host: engine?.host, network: 'host' };
const provider = docker.configure?.(engine ? settings : {}) ?? docker;

const labelled = async (): Promise<string[]> => {
  const filters = { label: ['swemint.process'] };
  const containers = await client.listContainers({ all: true, filters });
  const { Volumes } = await client.listVolumes({ filters });
  return [...containers.map(({ Id }) => Id), ...(Volumes ?? []).map(({ Name }) => Name)];
};

describe.skipIf(lacking !== undefined)('in containers', async () => {
  const isolation = engine ? await provider.check() : undefined;
  describe.concurrent('every behaviour', () => {
    for (const behaviour of sandboxBehaviours) {
      const missing = isolation ? missingProtections(behaviour, isolation) : [];
      test.skipIf(missing.length > 0)(behaviour.name, () =>
        behaviour.run(openWith(provider, PATH)),
      );
    }
  });

  test('mints what the local sandbox mints', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'swemint-docker-'));
    try {
      // A framework that every Python has: nothing needs to be fetched.
      const input = join(folder, 'input.jsonl');
      const row = { repo: example, test_script: 'python3 -m unittest discover -s tests -t .' };
      await writeFile(input, `${JSON.stringify(row)}\n`);
      const labels = async (name: string, flags: readonly string[]) => {
        const words = ['scale', '--input', input, '--out', name, '--max-candidates', '8', '--json'];
        // Its loops run until a date overflows, about as long as a run may take.
        const choice = ['--exclude', '**/recurrence.py', '--set', 'audit.minimum=2'];
        const result = await runCommandLine([...words, ...choice, ...flags], folder);
        expect([result.exitCode, result.stderr]).toEqual([0, expect.any(String)]);
        const text = await readFile(join(folder, name, 'tasks.jsonl'), 'utf8');
        const tasks = text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Task);
        return Object.fromEntries(
          tasks.map(({ bugPatch, failToPass, passToPass }) => [
            bugPatch,
            { failToPass, passToPass },
          ]),
        );
      };
      const assignments = Object.entries(settings).map(
        ([name, value]) => `sandboxSettings.docker.${name}=${value}`,
      );
      const inContainers = await labels(
        'containers',
        ['sandbox=docker', ...assignments].flatMap((assignment) => ['--set', assignment]),
      );
      expect(Object.keys(inContainers).length).toBeGreaterThan(3);
      expect(inContainers).toEqual(await labels('here', []));

      // The same environment as an image runs its tests without swemint, and is built only once.
      const make = ['image', 'here', '--base-image', IMAGE, '--json'];
      const flags = ['host', 'network'].flatMap((name) => [
        '--set',
        `sandboxSettings.docker.${name}=${settings[name as keyof typeof settings]}`,
      ]);
      const first = await runCommandLine([...make, ...flags], folder);
      const [image] = (JSON.parse(first.stdout) as { images: ImageRecord[] }).images;
      expect(image).toMatchObject({ status: 'built', imageId: expect.stringMatching(/^sha256:/) });
      const output = new PassThrough().setEncoding('utf8');
      let text = '';
      output.on('data', (chunk: string) => (text += chunk));
      const [end] = (await client.run(image?.tag ?? '', [], output, {
        HostConfig: { NetworkMode: 'none', AutoRemove: true },
        Tty: true,
      })) as [{ StatusCode: number }];
      expect(text).toContain('>>>>> Test Exit Code: 0');
      expect(end.StatusCode).toBe(0);
      const again = await runCommandLine([...make, ...flags], folder);
      expect(JSON.parse(again.stdout)).toEqual(JSON.parse(first.stdout));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 300_000);

  test('what a killed process left is removed by the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'swemint-docker-'));
    try {
      await writeFile(
        join(folder, 'hold.ts'),
        `import docker from ${JSON.stringify(fileURLToPath(new URL('../sandbox/docker/docker.ts', import.meta.url)))};
const sandbox = await docker.configure(${JSON.stringify(settings)}).open({ base: ${JSON.stringify(folder)}, access: 'copy-on-write', network: false, env: {} });
const program = await sandbox.spawn({ argv: ['sh', '-c', 'echo ready; exec sleep 600'] });
for await (const line of program.lines) console.log(line);
`,
      );
      const before = new Set(await labelled());
      const child = spawn(process.execPath, [join(folder, 'hold.ts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      const left = (await labelled()).filter((name) => !before.has(name));
      expect(left.length).toBeGreaterThan(2);
      await docker.configure?.(settings).check();
      const now = await labelled();
      expect(left.filter((name) => now.includes(name))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('an image that is not there is one sentence', async () => {
    const other = docker.configure?.({ ...settings, image: 'no-such-image-here', pull: 'never' });
    await expect(other?.check()).rejects.toMatchObject({ code: 'no-such-image' });
  });
});
