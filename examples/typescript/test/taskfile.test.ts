import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logicalLines, parseTaskfile, TaskfileError } from '../src/taskfile.ts';

const SAMPLE = `
# how we ship
root = "packages/core"
mode=fast   # for now

task build
  run tsc -p \${root} \\
      --noEmit
  run echo 'done # really'
  inputs src/**/*.ts !src/gen/**
  inputs package.json

task test: build, lint
  run node --test
  retry 2 every 1s
  timeout 1m30s

task lint?
  run lint
  schedule 30 2 * * 1-5
`;

describe('parseTaskfile', () => {
  const file = parseTaskfile(SAMPLE);

  it('reads variables', () => {
    assert.deepEqual(file.variables, { root: 'packages/core', mode: 'fast' });
  });

  it('joins lines and keeps quoted signs', () => {
    assert.deepEqual(file.tasks.get('build')!.commands, [
      'tsc -p ${root} --noEmit',
      "echo 'done # really'",
    ]);
  });

  it('collects inputs', () => {
    assert.deepEqual(file.tasks.get('build')!.inputs, ['src/**/*.ts', '!src/gen/**', 'package.json']);
  });

  it('reads needs, retries, limits and schedules', () => {
    const test = file.tasks.get('test')!;
    assert.deepEqual(test.needs, ['build', 'lint']);
    assert.equal(test.attempts, 3);
    assert.equal(test.retryDelay, 1000);
    assert.equal(test.timeout, 90_000);
    assert.ok(file.tasks.get('lint')!.schedule!.matches(new Date('2026-01-02T02:30:00Z')));
  });

  it('marks optional tasks', () => {
    assert.equal(file.tasks.get('lint')!.optional, true);
    assert.equal(file.tasks.get('test')!.optional, false);
    assert.equal(file.tasks.get('build')!.attempts, 1);
  });

  it('links the graph', () => {
    assert.deepEqual([...file.graph.order(['test'])], ['build', 'lint', 'test']);
  });

  for (const [name, source, line, complaint] of [
    ['an unknown heading', 'job a', 1, /expected a task/],
    ['a task twice', 'task a\ntask a', 2, /defined twice/],
    ['a missing need', 'task a\n\ntask b: c', 3, /needs "c"/],
    ['a stray property', '\n  run x', 2, /outside a task/],
    ['a property after a variable', 'task a\nx = 1\n  run x', 3, /outside a task/],
    ['an unknown word', 'task a\n  walk x', 2, /unknown word "walk"/],
    ['a word without value', 'task a\n  run', 2, /needs a value/],
    ['a bad duration', 'task a\n  timeout soon', 2, /not a duration/],
    ['a bad schedule', 'task a\n  schedule daily', 2, /five fields/],
    ['a bad retry', 'task a\n  retry often', 2, /not a retry rule/],
    ['an open line', 'task a\n  run x \\', 2, /ends inside a line/],
  ] as const) {
    it(`complains about ${name}`, () => {
      assert.throws(
        () => parseTaskfile(source),
        (error) =>
          error instanceof TaskfileError && error.line === line && complaint.test(error.message),
      );
    });
  }
});

describe('logicalLines', () => {
  it('numbers the first line of several', () => {
    assert.deepEqual(
      [...logicalLines('a \\\nb\r\n\n c')].map((line) => [line.number, line.indented, line.text]),
      [
        [1, false, 'a b'],
        [4, true, 'c'],
      ],
    );
  });
});
