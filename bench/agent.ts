// Measures what the agent loop itself costs: time per step, and memory of many rollouts at once.
// Run: node bench/agent.ts [steps] [rollouts]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openWorkbench } from '../src/agent/workbench.ts';
import { keepLastOutputs } from '../src/agent/history.ts';
import { runAgent } from '../src/agent/run-agent.ts';
import { stepLimit } from '../src/agent/stop-rules.ts';
import { openTrajectoryFile } from '../src/agent/trajectory-file.ts';
import { defineTool } from '../src/core/agent.ts';
import type { Sandbox } from '../src/core/sandbox.ts';
import { openModel } from '../src/llm/open-model.ts';
import { openCallFile } from '../src/llm/call-file.ts';
import { startModelServer } from '../src/testing/model-server.ts';
import { scriptedModel } from '../src/testing/scripted-model.ts';

const steps = Number(process.argv[2] ?? 100);
const rollouts = Number(process.argv[3] ?? 500);
/** Characters a tool prints at each step. */
const printed = 4000;

const look = defineTool({
  name: 'look',
  description: 'Prints something long.',
  parameters: z.object({ step: z.number() }),
  run: ({ step }) => Promise.resolve({ content: `${step} `.padEnd(printed, 'lorem ipsum ') }),
});
const script = ({ index }: { index: number }) => ({
  text: 'I look again.',
  calls: [{ name: 'look', arguments: { step: index } }],
});
const messages = [
  { role: 'system' as const, content: 'You look at things.' },
  { role: 'user' as const, content: 'Look.' },
];
const bench = () => openWorkbench({ sandbox: { root: '/' } as Sandbox });
const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);

const folder = await mkdtemp(join(tmpdir(), 'swemint-bench-'));
try {
  await timeSteps('in process', scriptedModel(script));
  {
    await using server = await startModelServer({ script });
    await using calls = await openCallFile(join(folder, 'calls.jsonl'));
    const settings = { model: 'tiny', baseUrl: server.baseUrl, environment: {} };
    const { model } = await openModel({ ...settings, calls });
    await timeSteps('over HTTP with every wrapper, server included', model);
  }
  await measureMemory();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function timeSteps(
  name: string,
  model: Parameters<typeof runAgent>[0]['model'],
): Promise<void> {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const file = await openTrajectoryFile(join(folder, `${times.length}-${name.length}.jsonl`));
  let last = performance.now();
  await runAgent({
    model,
    tools: [look],
    bench: bench(),
    messages,
    stopWhen: [stepLimit(steps)],
    save: async (line) => {
      await file.save(line);
      if (line.type === 'step') times.push(performance.now() - last);
      last = performance.now();
    },
  });
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000 / steps;
  const sorted = times.slice(1).sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2);
  console.log(
    `${name}: ${steps} steps, median ${at(0.5)} ms, p90 ${at(0.9)} ms, mean CPU ${cpuMs.toFixed(2)} ms a step`,
  );
}

async function measureMemory(): Promise<void> {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const model = scriptedModel(async (request) => {
    // All of them are under way at once, as with a real model that thinks.
    await sleep(20);
    return script(request);
  });
  await Promise.all(
    Array.from({ length: rollouts }, async (_, index) => {
      const { save } = await openTrajectoryFile(join(folder, `rollout-${index}.jsonl`));
      await runAgent({
        model,
        tools: [look],
        bench: bench(),
        messages,
        save,
        sample: index,
        history: keepLastOutputs(20),
        stopWhen: [stepLimit(steps)],
      });
    }),
  );
  clearInterval(watch);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${rollouts} rollouts at once, ${steps} steps each, ${printed} characters a step: peak ${megabytes(peak)} MB, ${seconds.toFixed(1)} s, CPU ${((user + system) / 1000 / (rollouts * steps)).toFixed(2)} ms a step`,
  );
}
