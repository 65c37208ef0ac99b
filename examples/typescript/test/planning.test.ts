import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CycleError, DependencyGraph } from '../src/graph.ts';
import { Schedule } from '../src/schedule.ts';

const sample = (): DependencyGraph =>
  new DependencyGraph()
    .add('publish', ['test', 'docs'])
    .add('test', ['build'])
    .add('docs', ['build'])
    .add('build', ['install'])
    .add('lint');

describe('DependencyGraph', () => {
  it('orders what is needed first', () => {
    assert.deepEqual([...sample().order()], ['install', 'build', 'test', 'docs', 'publish', 'lint']);
  });

  it('orders only what the roots need', () => {
    assert.deepEqual([...sample().order(['docs', 'lint'])], ['install', 'build', 'docs', 'lint']);
  });

  it('groups what may run together', () => {
    assert.deepEqual(sample().waves(), [
      ['install', 'lint'],
      ['build'],
      ['test', 'docs'],
      ['publish'],
    ]);
  });

  it('names the cycle', () => {
    const graph = new DependencyGraph().add('a', ['b']).add('b', ['c']).add('c', ['b']);
    assert.throws(
      () => [...graph.order()],
      (error) => error instanceof CycleError && error.cycle.join() === 'b,c,b',
    );
    assert.throws(() => [...new DependencyGraph().add('x', ['x']).order()], /x -> x/);
  });

  it('yields in steps, so a cycle elsewhere does not matter yet', () => {
    const graph = new DependencyGraph().add('fine').add('a', ['a']);
    assert.equal(graph.order().next().value, 'fine');
  });

  it('finds everything needed, however far', () => {
    assert.deepEqual([...sample().closure('publish')].sort(), ['build', 'docs', 'install', 'test']);
    assert.equal(sample().closure('lint').size, 0);
  });

  it('survives a cycle when asked for a closure', () => {
    const graph = new DependencyGraph().add('a', ['b']).add('b', ['a']);
    assert.deepEqual([...graph.closure('a')], ['b']);
  });

  it('finds dependents', () => {
    assert.deepEqual(sample().dependents('build'), ['test', 'docs', 'publish']);
    assert.deepEqual(sample().dependents('publish'), []);
  });

  it('joins needs that are added later', () => {
    const graph = new DependencyGraph().add('a', ['b']).add('a', ['c', 'b']);
    assert.deepEqual(graph.needsOf('a'), ['b', 'c']);
    assert.equal(graph.size, 3);
    assert.throws(() => graph.needsOf('zzz'), /unknown task "zzz"/);
  });
});

const next = (expression: string, after: string): string | undefined =>
  new Schedule(expression).next(new Date(`${after}Z`))?.toISOString().slice(0, 16);

describe('Schedule.next', () => {
  it('is always later than the moment given', () => {
    assert.equal(next('* * * * *', '2026-01-01T00:00:30'), '2026-01-01T00:01');
    assert.equal(next('0 0 * * *', '2026-01-01T00:00:00'), '2026-01-02T00:00');
  });

  it('steps and ranges', () => {
    assert.equal(next('*/15 9-17 * * *', '2026-01-01T09:46:00'), '2026-01-01T10:00');
    assert.equal(next('5/20 * * * *', '2026-01-01T09:25:00'), '2026-01-01T09:45');
    assert.equal(next('0 0 10-12 * *', '2026-01-12T00:00:00'), '2026-02-10T00:00');
  });

  it('names of months and days', () => {
    assert.equal(next('30 2 * * mon-fri', '2026-01-02T12:00:00'), '2026-01-05T02:30');
    assert.equal(next('0 0 1 mar *', '2026-01-02T12:00:00'), '2026-03-01T00:00');
  });

  it('counts Sunday as 0 and as 7', () => {
    assert.equal(next('0 8 * * 0', '2026-01-01T00:00:00'), '2026-01-04T08:00');
    assert.equal(next('0 8 * * 7', '2026-01-01T00:00:00'), '2026-01-04T08:00');
  });

  it('either day will do when both are restricted', () => {
    assert.equal(next('0 0 13 * fri', '2026-01-03T00:00:00'), '2026-01-09T00:00');
    assert.equal(next('0 0 13 * fri', '2026-01-09T00:00:00'), '2026-01-13T00:00');
    assert.equal(next('0 0 */2 * fri', '2026-01-03T00:00:00'), '2026-01-09T00:00');
  });

  it('waits for leap years and gives up on days that never come', () => {
    assert.equal(next('0 0 29 2 *', '2026-03-01T00:00:00'), '2028-02-29T00:00');
    assert.equal(next('0 0 31 2 *', '2026-01-01T00:00:00'), undefined);
  });

  it('knows shorthands', () => {
    assert.equal(next('@weekly', '2026-01-01T00:00:00'), '2026-01-04T00:00');
    assert.equal(next('@monthly', '2026-01-01T00:00:00'), '2026-02-01T00:00');
    assert.equal(next('@hourly', '2026-01-01T23:30:00'), '2026-01-02T00:00');
  });
});

describe('Schedule', () => {
  it('matches moments', () => {
    const schedule = new Schedule('15,45 6 * 1 *');
    assert.ok(schedule.matches(new Date('2026-01-20T06:45:00Z')));
    assert.ok(!schedule.matches(new Date('2026-01-20T06:30:00Z')));
    assert.ok(!schedule.matches(new Date('2026-01-20T07:45:00Z')));
    assert.ok(!schedule.matches(new Date('2026-02-20T06:45:00Z')));
  });

  it('goes on for ever', () => {
    const days = new Schedule('@daily').from(new Date('2026-02-27T12:00:00Z')).take(3);
    assert.deepEqual(
      [...days].map((day) => day.getUTCDate()),
      [28, 1, 2],
    );
    assert.deepEqual([...new Schedule('0 0 30 2 *').from(new Date(0))], []);
  });

  for (const [expression, complaint] of [
    ['* * * *', /five fields/],
    ['60 * * * *', /minute must be 0 to 59/],
    ['* 24 * * *', /hour must be/],
    ['* * 0 * *', /day must be 1/],
    ['* * * 13 *', /month must be/],
    ['* * * * 8', /weekday must be/],
    ['*/0 * * * *', /bad step/],
    ['*/2/3 * * * *', /bad step/],
    ['9-5 * * * *', /backwards/],
    ['* * * foo *', /month must be/],
  ] as const) {
    it(`rejects ${expression}`, () => assert.throws(() => new Schedule(expression), complaint));
  }
});
