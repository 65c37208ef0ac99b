import { expect, test } from 'vitest';
import type { Candidate, EvidenceRun } from '../core/schema/index.ts';
import {
  baseline,
  buggy,
  clean,
  files,
  hostOfNewProcesses,
  run,
} from '../testing/scripted-suite.ts';
import { confirm, noRestoredRuns } from './confirm.ts';
import type { Confirmation, ConfirmOptions } from './confirm.ts';
import { compareWithBaseline } from './labels.ts';
import type { Confirmer, Wanted } from './screen.ts';
import type { SuiteHost } from './suite.ts';

/** Says what `failing` says of the text and the files; remembers what it was asked. */
function confirmerThat(failing: (text: string, wanted: Wanted) => string[]) {
  const asked: { text: string; wanted: Wanted }[] = [];
  const confirmer: Confirmer = {
    run: (changed, wanted) => {
      const text = changed[0]?.content ?? '';
      asked.push({ text, wanted });
      return Promise.resolve(run(failing(text, wanted), wanted.files));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { asked, confirmer };
}

const candidate = { id: 'c', entity: { path: 'source.py' } } as Candidate;
const expected = compareWithBaseline(baseline, run(['a.py'], files));

function optionsFor(confirmer: Confirmer | undefined): ConfirmOptions {
  return {
    baseline,
    limits: {},
    runs: 1,
    scope: 'covering',
    confirmer,
    restored: noRestoredRuns(),
    signal: new AbortController().signal,
  };
}

/** Confirms a candidate over these test files; what it says, and the runs it rests on. */
async function confirmOver(
  host: SuiteHost,
  wanted: Wanted,
  options: ConfirmOptions,
): Promise<{ told: Confirmation; evidence: EvidenceRun[] }> {
  const evidence: EvidenceRun[] = [];
  const texts = { clean, buggy };
  const told = await confirm(host, candidate, texts, expected, wanted, evidence, options);
  return { told, evidence };
}

const withBug = (text: string): string[] => (text === buggy ? ['a.py'] : []);

test('the fix runs once, with all test files, for every candidate', async () => {
  const { asked, confirmer } = confirmerThat(withBug);
  const { host, processes } = hostOfNewProcesses();
  const options = optionsFor(confirmer);
  const look = async (wanted: Wanted): Promise<EvidenceRun[]> => {
    const { told, evidence } = await confirmOver(host, wanted, options);
    expect(told.confirmed).toBe(true);
    return evidence.filter(({ purpose }) => purpose === 'oracle');
  };
  expect(await look({ files: ['a.py'], chosen: '1' })).toMatchObject([
    { level: 'hermetic', cpuMs: 5, passed: 2 },
  ]);
  expect(await look({ files })).toMatchObject([{ level: 'hermetic', cpuMs: 0, passed: 2 }]);
  expect(asked).toEqual([
    { text: buggy, wanted: { files: ['a.py'], chosen: '1' } },
    { text: clean, wanted: { files } },
    { text: buggy, wanted: { files } },
  ]);
  expect(processes()).toBe(0);
});

test('where all test files do not run well together, the fix runs for each set of them', async () => {
  const { asked, confirmer } = confirmerThat((text, wanted) =>
    text === buggy ? ['a.py'] : wanted.files.length === files.length ? ['b.py'] : [],
  );
  const { host, processes } = hostOfNewProcesses();
  const options = optionsFor(confirmer);
  for (const passed of [1, 1]) {
    const wanted = { files: ['a.py'] };
    const { told, evidence } = await confirmOver(host, wanted, options);
    expect(told.confirmed).toBe(true);
    expect(evidence.at(-1)).toMatchObject({ purpose: 'oracle', passed, failed: 0 });
  }
  expect(asked.map(({ text, wanted }) => [text, wanted.files.length])).toEqual([
    [buggy, 1],
    [clean, 2],
    [clean, 1],
    [buggy, 1],
  ]);
  expect(processes()).toBe(0);
});

test('a confirmer that cannot tell is replaced by new processes', async () => {
  const { host, processes } = hostOfNewProcesses();
  const { told, evidence } = await confirmOver(host, { files, chosen: '1' }, optionsFor(undefined));
  expect(told).toMatchObject({ confirmed: true, first: { cpuMs: 5 } });
  expect(evidence.map(({ purpose, level }) => [purpose, level])).toEqual([
    ['repeat', 'coverage'],
    ['oracle', 'coverage'],
  ]);
  expect(processes()).toBe(2);
});

test('other failing tests than the screen saw are no confirmation', async () => {
  const { confirmer } = confirmerThat(() => ['b.py']);
  const { host } = hostOfNewProcesses();
  const { told } = await confirmOver(host, { files, chosen: '3' }, optionsFor(confirmer));
  expect(told).toMatchObject({ confirmed: false, fault: 'labels' });
  expect(told.labels.failToPass.map(({ id }) => id)).toEqual(['b.py::test']);
});
