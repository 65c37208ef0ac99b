import { describe, expect, it } from 'vitest';
import { sampleTask } from '../testing/sample-task.ts';
import { namesInLog } from './log-names.ts';

function names(
  framework: string,
  failing: string[],
  {
    passing = [],
    args = [],
    python = '3.11.2',
    flaky = [],
  }: {
    passing?: string[];
    args?: string[];
    python?: string;
    flaky?: string[];
  } = {},
) {
  const task = sampleTask({
    failToPass: failing.map((id) => ({ id, kind: 'assertion' })),
    passToPass: passing,
  });
  task.environment.spec.test = { framework, args, env: {}, cwd: '.' };
  task.environment.versions = { python };
  task.evidence.flakyTests = flaky;
  return namesInLog(task);
}

describe('namesInLog', () => {
  it('cuts pytest names where the parser stops reading', () => {
    expect(names('pytest', ['t/a.py::T::m[x-1]', 't/a.py::p[a b]']).failToPass).toEqual([
      't/a.py::T::m[x-1]',
      't/a.py::p[a',
    ]);
  });

  it('spells unittest names as its verbose output does', () => {
    const id = 'tests/unit/test_a.py::OuterTest::test_it';
    const say = (args: string[], python: string) =>
      names('unittest', [id], { args, python }).failToPass[0];
    expect(say([], '3.11.2')).toBe('test_it (tests.unit.test_a.OuterTest.test_it)');
    expect(say([], '3.8.10')).toBe('test_it (tests.unit.test_a.OuterTest)');
    expect(say(['-s', 'tests', '-p', 'test*.py'], '3.12.0')).toBe(
      'test_it (unit.test_a.OuterTest.test_it)',
    );
    expect(say(['-s', 'tests', '-p', 'test*.py', '-t', '.'], '3.12.0')).toBe(
      'test_it (tests.unit.test_a.OuterTest.test_it)',
    );
  });

  it('spells JavaScript names as each reporter does', () => {
    const id = 'test/a.test.ts::group > deep > adds#2';
    expect(names('node-test', [id]).failToPass).toEqual(['- adds']);
    expect(names('jest', [id]).failToPass).toEqual(['adds']);
    expect(names('mocha', [id]).failToPass).toEqual(['group deep adds']);
    expect(names('vitest', [id]).failToPass).toEqual(['test/a.test.ts > group > deep > adds']);
    expect(names('tap', [id]).failToPass).toEqual([id]);
  });

  it('leaves out names that stand for tests of both labels, or for tests without one', () => {
    expect(
      names('jest', ['a::x > same', 'a::only', 'a::odd'], {
        passing: ['a::y > same', 'a::p > fine', 'a::q > fine'],
        flaky: ['b::odd'],
      }),
    ).toEqual({ failToPass: ['only'], passToPass: ['fine'] });
  });
});
