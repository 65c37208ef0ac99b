import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type { Task } from '../core/schema/index.ts';
import { runCommandLine } from '../testing/command-line.ts';
import { writeProject } from '../testing/tiny-projects.ts';

const names = ['a', 'b', 'c'] as const;

/** An integer expression that cannot fail: no division, small exponents. */
function expression(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.25)) {
    return random.chance(0.6) ? random.pick(names) : String(random.integer(9) + 1);
  }
  const operator = random.pick(['+', '-', '*', '&', '|', '^']);
  return `(${expression(random, depth - 1)} ${operator} ${expression(random, depth - 1)})`;
}

function condition(random: Random): string {
  const compare = (): string =>
    `${expression(random, 1)} ${random.pick(['<', '<=', '>', '>=', '==', '!='])} ${expression(random, 1)}`;
  return random.chance(0.3) ? `${compare()} ${random.pick(['and', 'or'])} ${compare()}` : compare();
}

function statements(random: Random, indent: string, depth: number): string[] {
  const assign = (): string => `${indent}${random.pick(names)} = ${expression(random, 2)} % 1009`;
  return Array.from({ length: 2 + random.integer(2) }).flatMap(() => {
    if (depth === 0) return [assign()];
    const inner = (): string[] => statements(random, `${indent}    `, depth - 1);
    const kind = random.integer(4);
    if (kind === 0)
      return [`${indent}if ${condition(random)}:`, ...inner(), `${indent}else:`, ...inner()];
    if (kind === 1)
      return [
        `${indent}for step in range(${1 + random.integer(4)}):`,
        ...inner(),
        `${indent}    a = a + step`,
      ];
    if (kind === 2) return [`${indent}if ${condition(random)}:`, ...inner()];
    return [assign()];
  });
}

/** Functions that call each other, one of them while the module is imported, and a class around two. */
function moduleText(random: Random): string {
  const functions = Array.from({ length: 4 }, (_, index) => [
    `def f${index}(a, b, c):`,
    ...(index > 0 ? [`    a = f${index - 1}(a, b, c)`] : []),
    ...statements(random, '    ', 2),
    '    return (a, b, c)[a % 3]',
    '',
  ]).flat();
  return [
    ...functions,
    'TABLE = [f0(index, index + 1, index + 2) for index in range(5)]',
    '',
    'class Holder:',
    '    scale = 3',
    '',
    '    def __init__(self, value):',
    '        self.value = value',
    '',
    '    def grown(self, by):',
    '        if by > self.value and by < 100:',
    '            return self.value * self.scale + by',
    '        return self.value - by',
    '',
    '    def looked(self, index):',
    '        return TABLE[index % len(TABLE)] + self.grown(index)',
    '',
  ].join('\n');
}

/** What the module does now is what its tests expect. */
function testText(source: string, random: Random): string {
  const calls = Array.from({ length: 24 }, () => {
    const [x, y, z] = [random.integer(40) - 10, random.integer(40) - 10, random.integer(40) - 10];
    return random.pick([
      `f${random.integer(4)}(${x}, ${y}, ${z})`,
      `Holder(${x}).grown(${y})`,
      `Holder(${x}).looked(${Math.abs(y)})`,
    ]);
  });
  const program = `${source}\nimport json\nprint(json.dumps([${calls.join(', ')}]))\n`;
  const values = JSON.parse(
    execFileSync('python3', ['-c', program], { encoding: 'utf8' }),
  ) as number[];
  const tests = calls.map(
    (call, index) =>
      `    def test_${index}(self):\n        self.assertEqual(${call}, ${values[index]})\n`,
  );
  return `import unittest\nfrom made.code import *\n\n\nclass MadeTest(unittest.TestCase):\n${tests.join('\n')}`;
}

async function mintedLabels(folder: string, mode: 'fast' | 'full') {
  const result = await runCommandLine(
    [
      'scale',
      'project',
      '--out',
      mode,
      '--mode',
      mode,
      '--max-candidates',
      '16',
      '--baseline-runs',
      '1',
      '--json',
    ].concat([
      '--set',
      'validation.hubShare=1',
      '--set',
      'validation.repeats=1',
      '--set',
      'audit.minimum=0',
      '--set',
      'audit.share=0',
    ]),
    folder,
  );
  expect([result.exitCode, result.stdout.slice(0, 400)]).toEqual([0, expect.any(String)]);
  const text = await readFile(join(folder, mode, 'tasks.jsonl'), 'utf8');
  const tasks = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Task);
  return tasks.map(({ id, failToPass, passToPass }) => ({
    id,
    fail: failToPass.map((one) => one.id),
    pass: passToPass,
  }));
}

test.each([11, 12, 13])('fast and full agree on a random module (%i)', async (seed) => {
  const random = createRandom('random-module', seed);
  const source = moduleText(random);
  const folder = await mkdtemp(join(tmpdir(), 'swemint-random-'));
  try {
    await writeProject(join(folder, 'project'), {
      'made/__init__.py': '',
      'made/code.py': source,
      'tests/__init__.py': '',
      'tests/test_code.py': testText(source, random),
    });
    const full = await mintedLabels(folder, 'full');
    expect(full.length).toBeGreaterThan(3);
    expect(await mintedLabels(folder, 'fast')).toEqual(full);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
