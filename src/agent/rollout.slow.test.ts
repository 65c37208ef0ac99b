// Whole rollouts: a model server over HTTP, the real tools, a real sandbox, and the example of the documentation.
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkBaseline, Workbench } from '../core/agent.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { openCallFile } from '../llm/call-file.ts';
import { openModel } from '../llm/open-model.ts';
import { sandboxes } from '../sandbox/registry.ts';
import { startModelServer } from '../testing/model-server.ts';
import { type Script, scriptedModel, type ScriptedReply } from '../testing/scripted-model.ts';
import { recordBaseline } from './baseline.ts';
import { actionFormats } from './formats/registry.ts';
import { readPatch } from './read-patch.ts';
import { runAgent } from './run-agent.ts';
import { stepLimit } from './stop-rules.ts';
import { agentTools } from './tools/registry.ts';
import { openTrajectoryFile, readTrajectory } from './trajectory-file.ts';
import { messagesOf, rawRequestsOf } from './trajectory.ts';
import { openWorkbench } from './workbench.ts';

const KEY = 'sk-live-abcdefghijklmnop';
const messages = [
  { role: 'system', content: 'You repair software.' },
  { role: 'user', content: 'add() subtracts.' },
] as const;

let folder: string;
let repo: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'swemint-rollout-')));
  repo = join(folder, 'repo');
  await mkdir(repo);
  await writeFile(join(repo, 'add.py'), 'def add(a, b):\n    return a - b\n');
  await writeFile(join(repo, '.env'), `KEY=${KEY}\n`);
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@t'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...who, 'commit', '-qm', 'start'],
  ]) {
    execFileSync('git', args, { cwd: repo });
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function inSandbox(
  body: (bench: Workbench, baseline: WorkBaseline, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const provider = await sandboxes.load('local');
  const env = { PATH: process.env['PATH'] ?? '' };
  await using sandbox = await provider.open({
    base: repo,
    access: 'copy-on-write',
    network: false,
    env,
  });
  const baseline = await recordBaseline(sandbox, repo);
  await using bench = openWorkbench({ sandbox, folder: repo, baseline });
  await body(bench, baseline, sandbox);
}

/** The same work in each format. */
const turns: readonly { tool: string; input: Record<string, string> }[] = [
  {
    tool: 'bash',
    input: { command: 'mkdir -p notes && cd notes && export WHO=me && cat ../.env' },
  },
  { tool: 'bash', input: { command: 'echo "$WHO" >who.txt && sed -i s/-/+/ ../add.py' } },
  { tool: 'nonsense', input: {} },
  {
    tool: 'bash',
    input: {
      command:
        'pwd && python3 -c "import sys; sys.path.insert(0, \'..\'); from add import add; print(add(2, 3))"',
    },
  },
  { tool: 'submit', input: { summary: 'repaired' } },
];

const writers: Record<string, (turn: (typeof turns)[number]) => ScriptedReply> = {
  tools: ({ tool, input }) => ({ calls: [{ name: tool, arguments: input }] }),
  xml: ({ tool, input }) => {
    const parameters = Object.entries(input).map(
      ([name, value]) => `<parameter=${name}>\n${value}\n</parameter>\n`,
    );
    return { text: `Next.\n<function=${tool}>\n${parameters.join('')}</function>` };
  },
  bash: ({ tool, input }) => {
    const body = tool === 'bash' ? input['command'] : `${tool} ${JSON.stringify(input)}`;
    return { text: `Next.\n\`\`\`bash\n${body}\n\`\`\`` };
  },
};

const scriptFor =
  (format: string): Script =>
  ({ messages: seen, index }) => {
    if (index % 3 === 1) return { status: 503 };
    const done = seen.filter(({ role }) => role === 'assistant').length;
    const turn = turns[Math.min(done, turns.length - 1)];
    if (!turn) throw new Error('no turn');
    return writers[format]?.(turn) ?? {};
  };

test.each(['tools', 'xml', 'bash'])(
  '%s: repairs over HTTP, stopped and gone on with in a fresh sandbox',
  async (name) => {
    await using server = await startModelServer({ script: scriptFor(name), key: KEY });
    const path = join(folder, 'rollout.jsonl');
    const callPath = join(folder, 'calls.jsonl');
    const format = await actionFormats.load(name);
    const sitting = async (steps: number): Promise<void> => {
      await using calls = await openCallFile(callPath);
      const { model } = await openModel({
        model: 'tiny',
        baseUrl: server.baseUrl,
        environment: { SWEMINT_API_KEY: KEY },
        retry: { firstWaitMs: 2 },
        prices: { tiny: { input: 1, output: 1 } },
        calls,
      });
      await inSandbox(async (bench, baseline, sandbox) => {
        const { past, save } = await openTrajectoryFile(path);
        const result = await runAgent({
          model,
          bench,
          format,
          messages,
          save,
          tools: await agentTools.loadAll(),
          stopWhen: [stepLimit(steps)],
          ...(past ? { resume: { trajectory: past, sandbox: 'fresh' } } : {}),
        });
        if (steps < turns.length) {
          expect(result.outcome).toBe('step-limit');
          return;
        }
        expect(result).toMatchObject({ outcome: 'finished', submission: 'repaired' });
        const patch = await readPatch(sandbox, baseline);
        expect(patch).toContain('+    return a + b');
        expect(patch).toContain('+me');
      });
    };
    await sitting(1);
    await sitting(3);
    await sitting(10);
    const trajectory = await readTrajectory(path);
    expect(trajectory.steps).toHaveLength(turns.length);
    const shown = trajectory.steps[3]?.actions[0]?.observation ?? '';
    expect(shown).toBe(`${repo}/notes\n5\n[exit code 0]`);
    expect(
      rawRequestsOf(trajectory).every((body) => server.requests.some((seen) => seen.body === body)),
    ).toBe(true);
    expect(messagesOf(trajectory)[0]?.content).toContain('You repair software.');
    // The repository held the key, and the model asked for it.
    const written = `${await readFile(path, 'utf8')}${server.requests.map(({ body }) => body).join('')}`;
    expect(written).toContain('KEY=[key removed]');
    expect(written).not.toContain(KEY);
    expect(trajectory.end?.costUsd).toBeGreaterThan(0);
  },
);

test('a sandbox that goes away ends the rollout, labelled', async () => {
  await inSandbox(async (bench, _baseline, sandbox) => {
    const model = scriptedModel(({ index }) => {
      const turn = turns[index % 2];
      return { calls: [{ name: turn?.tool ?? '', arguments: turn?.input ?? {} }] };
    });
    setTimeout(() => void sandbox[Symbol.asyncDispose](), 300);
    const tools = await agentTools.loadAll();
    const result = await runAgent({ model, bench, messages, tools, stopWhen: [stepLimit(5000)] });
    expect(result.outcome).toBe('error');
    expect(result.reason).not.toBe('');
  });
});

test('a budget ends rollouts cleanly, and a larger one goes on without paying again', async () => {
  await using server = await startModelServer({ script: scriptFor('tools'), key: KEY });
  const path = join(folder, 'rollout.jsonl');
  const sitting = async (runUsd: number): Promise<string> => {
    await using calls = await openCallFile(join(folder, 'calls.jsonl'));
    const { model, ledger } = await openModel({
      model: 'tiny',
      baseUrl: server.baseUrl,
      apiKey: KEY,
      environment: {},
      retry: { firstWaitMs: 2 },
      prices: { tiny: { input: 10, output: 10 } },
      budget: { runUsd },
      calls,
    });
    let outcome = '';
    await inSandbox(async (bench) => {
      const { past, save } = await openTrajectoryFile(path);
      const tools = await agentTools.loadAll();
      const resume = past ? { resume: { trajectory: past, sandbox: 'fresh' as const } } : {};
      ({ outcome } = await runAgent({ model, bench, messages, tools, save, ...resume }));
    });
    expect(ledger.total().costUsd).toBeLessThanOrEqual(runUsd);
    return outcome;
  };
  expect(await sitting(0.06)).toBe('cost-limit');
  expect((await readTrajectory(path)).steps.length).toBeGreaterThan(0);
  expect(await sitting(5)).toBe('finished');
  expect(server.charged).toHaveLength(turns.length);
});

test('the example of the documentation runs as it is written', async () => {
  const page = await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(example.split('\n').length).toBeLessThan(28);
  const door = pathToFileURL(fileURLToPath(new URL('../index.ts', import.meta.url))).href;
  const program = join(folder, 'fix.mjs');
  await writeFile(program, example.replace("'swemint'", `'${door}'`));
  await using server = await startModelServer({ script: scriptFor('tools'), key: KEY });
  const env = { PATH: process.env['PATH'], LLM_BASE_URL: server.baseUrl, SWEMINT_API_KEY: KEY };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: repo, env });
  expect(stdout).toContain('finished after 5 steps');
  expect(stdout).toContain('+    return a + b');
  expect(execFileSync('git', ['status', '--short'], { cwd: repo }).toString()).toBe('');
});
