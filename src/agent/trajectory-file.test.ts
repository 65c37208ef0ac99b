// A trajectory file is read back whole, without what a kill tore, and not mistaken for another file.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sandbox } from '../core/sandbox.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { runAgent } from './run-agent.ts';
import { stepLimit } from './stop-rules.ts';
import submit from './tools/submit.ts';
import { openTrajectoryFile, readTrajectory } from './trajectory-file.ts';
import { openWorkbench } from './workbench.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-trajectory-'));
  path = join(folder, 'deep/rollout.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function sit(steps: number): Promise<string> {
  const { past, save } = await openTrajectoryFile(path);
  const result = await runAgent({
    model: scriptedModel([{ calls: [{ name: 'unknown', arguments: {} }], text: 'ü🧪' }]),
    tools: [submit],
    bench: openWorkbench({ sandbox: { root: '/' } as Sandbox }),
    messages: [{ role: 'user', content: 'go' }],
    stopWhen: [stepLimit(steps)],
    save,
    ...(past ? { resume: { trajectory: past, sandbox: 'same' } } : {}),
  });
  return result.outcome;
}

test('goes on after a line was torn anywhere', async () => {
  expect(await sit(3)).toBe('step-limit');
  const whole = await readFile(path);
  const lines = whole.toString().split('\n');
  // Into the end line, and into the last step before it.
  for (const cut of [1, 20, (lines.at(-2)?.length ?? 0) + 10]) {
    await writeFile(path, whole.subarray(0, whole.length - cut));
    expect(await sit(5)).toBe('step-limit');
    const { steps, end } = await readTrajectory(path);
    expect(steps.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(end?.steps).toBe(5);
  }
});

test('another file is refused, a missing one is begun', async () => {
  await expect(readTrajectory(path)).rejects.toMatchObject({ code: 'bad-trajectory' });
  expect((await openTrajectoryFile(path)).past).toBeUndefined();
  await appendFile(path, '{"type":"something"}\n');
  await expect(openTrajectoryFile(path)).rejects.toThrow(/line 1/);
});
