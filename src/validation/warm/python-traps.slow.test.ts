// Every trap that made a warm run disagree with an ordinary one: both ways run here, and must agree.
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  recordingVersion,
  warmAnswer,
  type WarmRecording,
  type WarmRequest,
  type WarmResult,
} from '../../core/schema/warm.ts';

const RUNNERS = resolve(import.meta.dirname, '../../../runners/python');
const FIXTURES = resolve(import.meta.dirname, 'fixtures');
const FULL_RUN_LIMIT_MS = 20_000;

const traps = z.array(
  z.object({
    name: z.string(),
    path: z.string(),
    find: z.string(),
    replace: z.string(),
    /** Whether importing leaves the rest as it was, so that the tests that can notice the change are enough. */
    narrow: z.boolean().optional(),
    /** The way that it must take; another one costs more. */
    way: z.string().optional(),
  }),
);

const reportLine = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  file: z.string().optional(),
  status: z.string().optional(),
  kind: z.string().optional(),
});

function variables(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), LANG: 'C.UTF-8' };
}

/** What an ordinary run of the whole suite in a fresh process says. */
async function runOrdinarily(python: string, root: string, framework: string) {
  const report = join(root, '..', `report-${Math.random().toString(36).slice(2)}.jsonl`);
  const child = spawn(python, [join(RUNNERS, `swemint_${framework}.py`)], {
    cwd: root,
    env: { ...variables(), SWEMINT_REPORT: report, SWEMINT_ROOT: root },
    stdio: 'ignore',
    detached: true,
  });
  const timedOut = await new Promise<boolean>((done) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      done(true);
    }, FULL_RUN_LIMIT_MS);
    child.on('exit', () => {
      clearTimeout(timer);
      done(false);
    });
  });
  const text = await readFile(report, 'utf8').catch(() => '');
  await rm(report, { force: true });
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => reportLine.parse(JSON.parse(line)));
  const tests = new Map(
    lines.filter((line) => line.type === 'test').map((line) => [line.id ?? '', line] as const),
  );
  const broken = lines.filter((line) => line.type === 'collection-error').map((line) => line.file);
  const ended = lines.some((line) => line.type === 'end');
  return { outcome: timedOut ? 'timed-out' : ended ? 'completed' : 'interrupted', tests, broken };
}

/** A warm runner spoken to directly, so that the test needs no sandbox. */
function openRunner(python: string, root: string) {
  const child = spawn(python, [join(RUNNERS, 'warm')], {
    cwd: root,
    env: variables(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    send: (request: WarmRequest) => child.stdin.write(`${JSON.stringify(request)}\n`),
    receive: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error('The runner ended.');
      return warmAnswer.parse(JSON.parse(line.value));
    },
    close: () => child.stdin.end(),
  };
}

type Runner = ReturnType<typeof openRunner>;

type Question = Omit<Extract<WarmRequest, { type: 'candidate' }>, 'type' | 'limits'>;

async function ask(runner: Runner, question: Question) {
  runner.send({ type: 'candidate', ...question, limits: { hubShare: null } });
  const results: WarmResult[] = [];
  for (;;) {
    const answer = await runner.receive();
    if (answer.type === 'result') results.push(answer);
    else if (answer.type === 'end') return { results, end: answer };
    else throw new Error(JSON.stringify(answer));
  }
}

/** More interpreters than the one on the PATH: what is traced, compiled and audited differs between them. */
const pythons = ['python3', ...(process.env['SWEMINT_TEST_PYTHONS'] ?? '').split(delimiter)];

function hasFramework(python: string, framework: string): boolean {
  return spawnSync(python, ['-c', `import ${framework}`]).status === 0;
}

const suites = pythons
  .filter((python) => python !== '')
  .flatMap((python) => [
    { python, framework: 'pytest', fixture: 'traps-python' },
    { python, framework: 'unittest', fixture: 'traps-unittest' },
  ]);

describe.each(suites)('warm $framework of $python', ({ python, framework, fixture }) => {
  const usable = hasFramework(python, framework);
  let folder = '';
  let root = '';
  let recording: WarmRecording | null = null;
  const runners: Partial<Record<'screen' | 'confirm', Runner>> = {};

  /** A runner over a clean copy of its own, as every sandbox has one. */
  async function start(role: 'screen' | 'confirm'): Promise<Runner> {
    runners[role]?.close();
    const own = join(folder, role);
    await rm(own, { recursive: true, force: true });
    await cp(join(FIXTURES, fixture), own, { recursive: true });
    const runner = openRunner(python, own);
    const limits = { narrowMs: 0 };
    runner.send({
      type: 'hello',
      framework,
      args: [],
      root: own,
      cwd: '.',
      recording,
      role,
      limits,
    });
    expect((await runner.receive()).type).toBe('ready');
    runners[role] = runner;
    return runner;
  }

  /** Asks a runner that is started anew when its tree is not clean any more, as the driver does. */
  async function look(role: 'screen' | 'confirm', question: Question) {
    const answer = await ask(runners[role] ?? (await start(role)), question);
    if (answer.end.altered !== undefined) await start(role);
    return answer;
  }

  beforeAll(async () => {
    if (!usable) return;
    folder = await mkdtemp(join(tmpdir(), 'traps-'));
    root = join(folder, 'repository');
    await cp(join(FIXTURES, fixture), root, { recursive: true });
    const runner = await start('screen');
    runner.send({ type: 'record' });
    for (;;) {
      const answer = await runner.receive();
      if (answer.type === 'ready') break;
      expect(['progress', 'recording']).toContain(answer.type);
      if (answer.type === 'recording') recording = answer.document;
    }
  }, 120_000);

  afterAll(async () => {
    for (const runner of Object.values(runners)) runner.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.skipIf(!usable)('makes recordings of the version that the driver keeps', () => {
    expect(recording?.version).toBe(recordingVersion);
  });

  it.skipIf(!usable || framework !== 'pytest')('follows programs that tests start and kill', () => {
    const tests = z
      .array(
        z.object({ id: z.string(), always: z.boolean().optional(), processes: z.int().optional() }),
      )
      .parse(recording?.['tests']);
    const starts = tests.filter(({ id }) =>
      id.includes('::test_program_with_its_own_environment['),
    );
    expect(starts.map(({ processes, always }) => [processes, always])).toEqual([
      [2, undefined],
      [2, undefined],
    ]);
  });

  it.skipIf(!usable || framework !== 'pytest')('knows that doctest only counts lines', () => {
    expect(recording?.['readsAtImport']).not.toContain('traps/remembering.py');
  });

  it.skipIf(!usable)(
    'agrees with ordinary runs on every trap',
    async () => {
      const first = await runOrdinarily(python, root, framework);
      const second = await runOrdinarily(python, root, framework);
      const passing = [...first.tests.values()].filter(
        (test) => test.status === 'passed' && second.tests.get(test.id ?? '')?.status === 'passed',
      );
      const candidates = traps.parse(
        JSON.parse(await readFile(join(root, 'candidates.json'), 'utf8')),
      );
      const disagreements: unknown[] = [];
      const ways = new Set<string>();
      let confirmed = 0;
      let narrow = 0;
      const suiteSize = z.array(z.unknown()).parse(recording?.['tests']).length;
      for (const [number, trap] of candidates.entries()) {
        const path = join(root, trap.path);
        const original = await readFile(path, 'utf8');
        const changed = original.replace(trap.find, () => trap.replace);
        expect(changed, trap.name).not.toBe(original);
        const files = [{ path: trap.path, content: changed }];
        const { results, end } = await look('screen', { id: trap.name, files });
        ways.add(end.path);
        if (trap.narrow !== undefined && trap.narrow !== (end.narrowed ?? false))
          disagreements.push({ trap: trap.name, narrowed: end.narrowed, end });
        const patient = end.stopped === 'hang' && end.cpuMs > FULL_RUN_LIMIT_MS;
        if (patient || end.path !== (trap.way ?? end.path))
          disagreements.push({ trap: trap.name, way: trap.way, end });
        if (end.path === 'reimport' && end.tests < suiteSize) {
          narrow += 1;
          if (end.ran > end.tests) disagreements.push({ trap: trap.name, ran: end.ran, end });
        }
        await writeFile(path, changed);
        // Python trusts cached code when time and size of the source agree.
        await utimes(path, 1_000_000 + number, 1_000_000 + number);
        const full = await runOrdinarily(python, root, framework);
        await rm(root, { recursive: true, force: true });
        await cp(join(FIXTURES, fixture), root, { recursive: true });
        // A fresh process decides: the runner makes no claim.
        if (end.path === 'fresh') continue;
        const labels = (failing: (id: string) => string | undefined) =>
          passing
            .flatMap(({ id = '' }) => {
              const kind = failing(id);
              return kind === undefined ? [] : [`${kind} ${id}`];
            })
            .toSorted();
        const truth = labels((id) => {
          const test = full.tests.get(id);
          if (test === undefined)
            return full.broken.includes(id.split('::')[0]) ? 'collection' : 'missing';
          return test.status === 'failed' ? test.kind : undefined;
        });
        const claim = labels(
          (id) => results.find((r) => r.test === id && r.status === 'failed')?.kind,
        );
        const testFiles = end.files ?? [];
        const confirmation =
          testFiles.length === 0 || full.outcome !== 'completed'
            ? undefined
            : await look('confirm', { id: trap.name, files, mode: 'hermetic', testFiles });
        // The tests that the screen chose are enough where the whole of their files agrees.
        const chosen = end.chosen ?? undefined;
        const chosenOnly =
          confirmation === undefined || chosen === undefined
            ? undefined
            : await look('confirm', { id: trap.name, files, mode: 'hermetic', testFiles, chosen });
        for (const answer of [confirmation, chosenOnly]) {
          if (answer === undefined || answer.end.path === 'fresh') continue;
          confirmed += 1;
          const inFiles = (label: string): boolean =>
            testFiles.some((file) => label.includes(` ${file}::`));
          const seen = labels((id) => {
            const result = answer.results.findLast((one) => one.test === id);
            return result?.status === 'failed' ? result.kind : undefined;
          });
          if (truth.filter(inFiles).join('\n') !== seen.join('\n'))
            disagreements.push({ trap: trap.name, truth, confirmation: seen });
        }
        const agrees =
          full.outcome === 'completed'
            ? truth.join('\n') === claim.join('\n')
            : full.outcome === 'timed-out' && end.stopped === 'hang';
        if (!agrees)
          disagreements.push({ trap: trap.name, outcome: full.outcome, truth, claim, end });
      }
      expect(disagreements).toEqual([]);
      expect(confirmed).toBeGreaterThan(candidates.length / 2);
      expect(narrow).toBeGreaterThan(0);
      expect([...ways].toSorted()).toEqual(
        expect.arrayContaining(['fresh', 'reimport', 'same', 'swap', 'uncovered']),
      );
    },
    1_200_000,
  );
});
